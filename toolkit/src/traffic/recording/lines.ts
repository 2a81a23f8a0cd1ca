import { isUtf8 } from 'node:buffer'

const newline = 0x0a

/** One line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** Where in the file (decompressed) it begins. */
  readonly offset: number
  readonly bytes: number
  /** Undefined when it is longer than what is kept, or no UTF-8. */
  readonly text: string | undefined
  /** Why there is no text. */
  readonly unread: 'too-long' | 'not-utf-8' | undefined
  /** False for the last line of a file that does not end with a line break. */
  readonly ended: boolean
}

/** Splits a stream of bytes into lines and holds no more than `maxLineBytes` of one. */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  for await (const lines of readLinesByChunk(chunks, maxLineBytes)) for (const line of lines) yield line
}

/** The same lines, those together that end in one chunk: to wait once for many. */
export async function* readLinesByChunk(
  chunks: AsyncIterable<Buffer>,
  maxLineBytes: number,
): AsyncGenerator<readonly Line[]> {
  let kept: Buffer[] = []
  let bytes = 0
  let number = 1
  let offset = 0
  const line = (ended: boolean): Line => {
    const { text, unread } = textOf(kept, bytes > maxLineBytes)
    return { number, offset, bytes, text, unread, ended }
  }
  const keep = (part: Buffer) => {
    bytes += part.length
    if (bytes <= maxLineBytes) kept.push(part)
    else kept = []
  }
  for await (const chunk of chunks) {
    const lines: Line[] = []
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end))
      lines.push(line(true))
      offset += bytes + 1
      kept = []
      bytes = 0
      number += 1
      from = end + 1
    }
    if (from < chunk.length) keep(chunk.subarray(from))
    if (lines.length > 0) yield lines
  }
  if (bytes > 0) yield [line(false)]
}

function textOf(kept: readonly Buffer[], tooLong: boolean): Pick<Line, 'text' | 'unread'> {
  if (tooLong) return { text: undefined, unread: 'too-long' }
  const [first = Buffer.alloc(0)] = kept
  const whole = kept.length === 1 ? first : Buffer.concat(kept)
  return isUtf8(whole) ? { text: whole.toString('utf8'), unread: undefined } : { text: undefined, unread: 'not-utf-8' }
}
