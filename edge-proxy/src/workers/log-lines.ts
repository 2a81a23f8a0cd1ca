import type { LogDestination } from '../settle/access-log.ts'

/** A line of more than this is no log line of ours. */
const maxLineBytes = 1024 * 1024

/** Gets what a worker writes to its log, in pieces as they come. */
export interface LogLines {
  take(chunk: Buffer): void
  /** Bytes of lines that were never whole, because their worker died in the middle or they grew without end. */
  brokenBytes(): number
}

/**
 * Passes whole lines on, so that those of several workers never mix: writes of more than 4 KiB to one pipe would
 * (PIPE_BUF in POSIX, write(3p)). A line that is cut by its worker's end is left out.
 */
export function buildLogLines(destination: LogDestination): LogLines {
  let rest: Buffer[] = []
  let restBytes = 0
  let broken = 0
  return {
    take: (chunk) => {
      const end = chunk.lastIndexOf(10) + 1
      if (end > 0) {
        destination.write(Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8'))
        rest = []
        restBytes = 0
      }
      if (end < chunk.length) rest.push(chunk.subarray(end))
      restBytes += chunk.length - end
      if (restBytes <= maxLineBytes) return
      broken += restBytes
      rest = []
      restBytes = 0
    },
    brokenBytes: () => broken + restBytes,
  }
}
