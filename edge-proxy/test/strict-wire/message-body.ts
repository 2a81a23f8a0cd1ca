import { type Found, type HeaderLine, readLines, valuesOf } from './message-head.ts'

/** A body and where the next message begins; `extended` when a chunk carried an extension. */
export interface Body {
  readonly content: string
  readonly trailers: readonly HeaderLine[]
  readonly end: number
  readonly extended: boolean
}

/** How the header lines frame a body; `undefined` when they say nothing (RFC 9112, section 6.3). */
export type Framing = { readonly bytes: number } | 'chunked' | undefined

/** The one framing that header lines allow, or why there is none. */
export function framingOf(headers: readonly HeaderLine[]): Framing | { readonly wrong: string } {
  const codings = valuesOf(headers, 'transfer-encoding')
  const lengths = valuesOf(headers, 'content-length')
  if (codings.length + lengths.length > 1) return { wrong: `${codings.length} codings and ${lengths.length} lengths` }
  const [coding] = codings
  const [length] = lengths
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' ? 'chunked' : { wrong: `coding ${coding}` }
  if (length === undefined) return undefined
  return /^\d{1,15}$/.test(length) ? { bytes: Number(length) } : { wrong: `length ${length}` }
}

/** Reads a body of a known framing that begins at `from`. */
export function readBody(text: string, from: number, framing: Framing): Found<Body> {
  if (framing === 'chunked') return readChunks(text, from)
  const end = from + (framing?.bytes ?? 0)
  if (text.length < end) return { more: true }
  return { content: text.slice(from, end), trailers: [], end, extended: false }
}

const chunkLine = /^([0-9A-Fa-f]{1,12})(|[ \t]*;[\t\x20-\x7e\x80-\xff]*)$/

function readChunks(text: string, from: number): Found<Body> {
  let content = ''
  let extended = false
  let at = from
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return text.length - at > 20_000 ? { wrong: 'an endless chunk line' } : { more: true }
    const [, hex, extension] = chunkLine.exec(text.slice(at, lineEnd)) ?? []
    if (hex === undefined) return { wrong: `chunk line ${JSON.stringify(text.slice(at, lineEnd).slice(0, 80))}` }
    extended ||= extension !== ''
    const size = Number.parseInt(hex, 16)
    at = lineEnd + 2
    if (size === 0) return readTrailers(text, at, { content, extended })
    if (text.length < at + size + 2) {
      const tail = text.slice(at + size)
      return tail !== '' && tail !== '\r' ? { wrong: 'chunk data without its end' } : { more: true }
    }
    if (text.slice(at + size, at + size + 2) !== '\r\n') return { wrong: 'chunk data without its end' }
    content += text.slice(at, at + size)
    at += size + 2
  }
}

function readTrailers(text: string, at: number, read: Pick<Body, 'content' | 'extended'>): Found<Body> {
  if (text.startsWith('\r\n', at)) return { ...read, trailers: [], end: at + 2 }
  const end = text.indexOf('\r\n\r\n', at)
  if (end < 0) return { more: true }
  const trailers = readLines(text.slice(at, end).split('\r\n'))
  return 'wrong' in trailers ? trailers : { ...read, trailers, end: end + 4 }
}
