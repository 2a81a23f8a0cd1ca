const newline = 0x0a

/** One line of a file; `text` is undefined when it is longer than what is kept. */
export interface Line {
  /** From 1. */
  readonly number: number
  readonly bytes: number
  readonly text: string | undefined
  /** False for the last line of a file that does not end with a line break. */
  readonly ended: boolean
}

/** Splits a stream of bytes into lines and holds no more than `maxLineBytes` of one. */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  let kept: Buffer[] = []
  let bytes = 0
  let number = 1
  const line = (ended: boolean): Line => {
    const text = bytes > maxLineBytes ? undefined : Buffer.concat(kept).toString('utf8')
    return { number, bytes, text, ended }
  }
  const keep = (part: Buffer) => {
    bytes += part.length
    if (bytes <= maxLineBytes) kept.push(part)
    else kept = []
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end))
      yield line(true)
      kept = []
      bytes = 0
      number += 1
      from = end + 1
    }
    if (from < chunk.length) keep(chunk.subarray(from))
  }
  if (bytes > 0) yield line(false)
}
