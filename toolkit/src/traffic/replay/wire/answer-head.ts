/** The status line and headers of an answer. */
export interface AnswerHead {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Map<string, string[]>
  /** Whether the connection may be used again (RFC 9112, section 9.3). */
  readonly staysOpen: boolean
}

/** How long the body is (RFC 9112, section 6.3). */
export type BodyFraming = number | 'chunked' | 'until-close'

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n\0]*)?$/
const headerLine = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):([^\r\n\0]*)$/
const bodiless: ReadonlySet<number> = new Set([204, 304])

/** Reads a head without the empty line at its end. Throws for what is no HTTP/1 answer. */
export function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n')
  const [, minor, status] = statusLine.exec(first) ?? []
  if (status === undefined) throw new Error(`no HTTP answer: it begins with ${JSON.stringify(first.slice(0, 40))}`)
  const headers = new Map<string, string[]>()
  for (const line of lines) addHeader(headers, line)
  const connection = headers.get('connection')?.join(',').toLowerCase() ?? ''
  const staysOpen = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')
  return { status: Number(status), headers, staysOpen }
}

function addHeader(headers: Map<string, string[]>, line: string): void {
  const [, name, value = ''] = headerLine.exec(line) ?? []
  if (name === undefined) throw new Error(`broken header: ${JSON.stringify(line.slice(0, 40))}`)
  const lower = name.toLowerCase()
  const before = headers.get(lower)
  if (before === undefined) headers.set(lower, [value.trim()])
  else before.push(value.trim())
}

/** Throws where the headers contradict each other: then nobody knows where the answer ends. */
export function framingOf({ status, headers }: AnswerHead, method: string): BodyFraming {
  if (method === 'HEAD' || bodiless.has(status)) return 0
  const coding = headers.get('transfer-encoding')
  const lengths = headers.get('content-length')
  if (coding !== undefined && lengths !== undefined) throw new Error('both content-length and transfer-encoding')
  if (coding !== undefined) return /(?:^|,)[ \t]*chunked$/i.test(coding.join(',')) ? 'chunked' : 'until-close'
  return lengths === undefined ? 'until-close' : lengthOf(lengths)
}

function lengthOf(lengths: readonly string[]): number {
  const [length = ''] = lengths
  if (!/^\d{1,15}$/.test(length) || lengths.some((other) => other !== length)) {
    throw new Error(`broken content-length: ${JSON.stringify(lengths.join(', ').slice(0, 40))}`)
  }
  return Number(length)
}
