import { createHash } from 'node:crypto'
import type { Exchange, HeaderPair, StoredBody } from '../exchange.ts'
import type { ExportSkip } from './export-exchanges.ts'
import { gorSeparator } from './gor-record.ts'

/** Tokens of HTTP and targets without spaces: anything else would become another message. */
const method = /^[!#$%&'*+.^_`|~\w-]+$/
const target = /^[\x21-\xff]+$/

/** The records of an exchange in GoReplay's form: its request, and its answer where that was stored as a whole. */
export function gorRecordsOf(exchange: Exchange): Buffer | ExportSkip {
  const { request, response } = exchange
  if (request.body?.truncated === true) return 'body-not-stored'
  if (!method.test(request.method) || !target.test(request.target)) return 'not-writable'
  const id = createHash('sha256').update(exchange.id).digest('hex').slice(0, 24)
  const atNs = BigInt(Date.parse(exchange.at)) * 1_000_000n
  const asked = messageOf(`${request.method} ${request.target} HTTP/1.1`, request)
  const answered =
    response.status === 0 || response.body?.truncated === true
      ? undefined
      : messageOf(`HTTP/1.1 ${response.status} `, response)
  const answeredNs = atNs + BigInt(Math.round(exchange.tookMs * 1e6))
  const records = [
    Buffer.from(`1 ${id} ${atNs} 0\n`),
    asked,
    gorSeparator,
    ...(answered === undefined ? [] : [Buffer.from(`2 ${id} ${answeredNs} 0\n`), answered, gorSeparator]),
  ]
  // The format has no way to write it: a reader would see the record end there.
  const breaks = [asked, answered].some((bytes) => bytes?.includes(gorSeparator) === true)
  return breaks ? 'not-writable' : Buffer.concat(records)
}

interface Message {
  readonly headers: readonly HeaderPair[]
  readonly body: StoredBody | undefined
}

/** Stored bodies are decoded and joined, so the headers that say otherwise are left out or mended. */
function messageOf(startLine: string, { headers, body }: Message): Buffer {
  const data = body === undefined ? undefined : Buffer.from(body.data, body.encoding)
  const fitting = data === undefined ? headers : fitted(headers, data.length)
  const lines = fitting.map(([name, value]) => `${name}: ${value.replace(/[\r\n\0]+/g, ' ')}\r\n`)
  const head = `${startLine}\r\n${lines.join('')}\r\n`
  // Headers are Latin-1 on the wire (RFC 9110, section 5.5); what is beyond it came from elsewhere and goes as UTF-8.
  const encoded = Buffer.from(head, /^[\0-\xff]*$/.test(head) ? 'latin1' : 'utf8')
  return data === undefined ? encoded : Buffer.concat([encoded, data])
}

function fitted(headers: readonly HeaderPair[], length: number): readonly HeaderPair[] {
  const kept = headers.filter(([name]) => !/^(content-encoding|transfer-encoding)$/i.test(name))
  const stated = kept.some(([name]) => name.toLowerCase() === 'content-length')
  if (!stated) return [...kept, ['Content-Length', String(length)]]
  return kept.map(([name, value]) => [name, name.toLowerCase() === 'content-length' ? String(length) : value])
}
