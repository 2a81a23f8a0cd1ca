import type { Readable } from 'node:stream'
import type { AnswerBody, UpstreamFault } from './sender.ts'

const cutFault: UpstreamFault = {
  ok: false,
  fault: 'upstream-closed',
  detail: 'the answer ended before it was whole',
  sent: 'maybe',
}

/** The body of an answer that is a stream. */
export function streamBody(stream: Readable, over: (fault: UpstreamFault | undefined) => void): AnswerBody {
  let ended = false
  let dropped = false
  stream.on('error', () => undefined)
  stream.once('close', () => over(ended || dropped ? undefined : cutFault))
  return {
    whole: undefined,
    readBy: (reader) => {
      stream.on('data', (bytes: Buffer) => dropped || reader.part(bytes))
      stream.once('end', () => {
        ended = true
        if (!dropped) reader.ended()
      })
      const closed = () => ended || dropped || reader.cut(cutFault)
      if (stream.closed) closed()
      else stream.once('close', closed)
    },
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    drop: () => {
      dropped = true
      stream.destroy()
    },
  }
}
