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
const notInLine = /[\r\n\0]/
const headerName = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const bodiless: ReadonlySet<number> = new Set([204, 304])

/** Well-formed names in lower case, and no more than answers of a few servers have: those that are made up must not fill the memory. */
const knownNames = new Map<string, string>()
const maxNames = 1000

/** Reads a head without the empty line at its end. Throws for what is no HTTP/1 answer. */
export function parseHead(text: string): AnswerHead {
  const lines = text.split('\r\n')
  const first = lines[0] ?? ''
  const { minor, status } = statusOf(first)
  const headers = new Map<string, string[]>()
  for (let at = 1; at < lines.length; at += 1) addHeader(headers, lines[at] ?? '')
  const connection = headers.get('connection')?.join(',').toLowerCase() ?? ''
  const staysOpen = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')
  return { status, headers, staysOpen }
}

/** Most answers begin alike. */
function statusOf(line: string): { readonly minor: string; readonly status: number } {
  if (line === 'HTTP/1.1 200 OK') return usual
  const [, minor = '', status] = statusLine.exec(line) ?? []
  if (status === undefined) throw new Error(`no HTTP answer: it begins with ${JSON.stringify(line.slice(0, 40))}`)
  return { minor, status: Number(status) }
}

const usual = { minor: '1', status: 200 } as const

function addHeader(headers: Map<string, string[]>, line: string): void {
  const colon = line.indexOf(':')
  const name = colon < 0 ? undefined : nameOf(line.slice(0, colon))
  if (name === undefined || notInLine.test(line)) throw new Error(`broken header: ${JSON.stringify(line.slice(0, 40))}`)
  const value = line.slice(colon + 1).trim()
  const before = headers.get(name)
  if (before === undefined) headers.set(name, [value])
  else before.push(value)
}

function nameOf(name: string): string | undefined {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  if (!headerName.test(name)) return undefined
  const lower = name.toLowerCase()
  if (knownNames.size < maxNames) knownNames.set(name, lower)
  return lower
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
