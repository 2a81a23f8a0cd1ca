import type { HeaderPair } from '../exchange.ts'
import { readLines } from '../recording/lines.ts'
import { type ForeignExchange, type ForeignRecord, malformed } from './foreign.ts'

const maxLineBytes = 1024 * 1024

/** `host:port` of vhost_combined, address, identity, user, time, request, status, bytes; then referer and agent, if any. */
const form = new RegExp(
  [
    String.raw`^(?:(?<vhost>[\w.-]+:\d+) )?(?<address>\S+) \S+ (?<user>.+?) \[(?<time>[^\]]+)\]`,
    String.raw` "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<bytes>\d+|-)`,
    String.raw`(?: "(?<referer>(?:[^"\\]|\\.)*)" "(?<agent>(?:[^"\\]|\\.)*)")?(?:\s.*)?$`,
  ].join(''),
)

const timeForm = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Reads a common or combined log of nginx or Apache: its GETs, for nothing else can be sent again without its body.
 * Cookies and credentials are not in a log, so callers are told apart by user, else by address and browser.
 */
export async function* readAccessLog(chunks: AsyncIterable<Buffer>): AsyncGenerator<ForeignRecord> {
  let offset = 0
  for await (const { text, bytes, number } of readLines(chunks, maxLineBytes)) {
    const line = number === 1 ? text?.replace(/^\ufeff/, '') : text
    if (bytes > 0) yield recordOf(line?.replace(/\r$/, ''), offset)
    offset += bytes + 1
  }
}

function recordOf(line: string | undefined, offset: number): ForeignRecord {
  if (line === undefined) return malformed(offset, 'longer than is read')
  const fields = form.exec(line)?.groups
  if (fields === undefined) return malformed(offset, 'no line of a common or combined log')
  const at = instantOf(fields.time ?? '')
  if (at === undefined) return malformed(offset, 'its time is not like 10/Oct/2026:13:55:36 +0000')
  const [, method, target] = /^([A-Z]+) (\/\S*|https?:\/\/\S+) HTTP\/\d(?:\.\d)?$/.exec(plain(fields.request)) ?? []
  if (method === undefined || target === undefined) return malformed(offset, 'its request is no HTTP request')
  if (method !== 'GET') return { kind: 'skipped', offset, why: 'not-a-get' }
  const path = target.replace(/^https?:\/\/[^/]*/, '')
  return { kind: 'exchange', offset, exchange: exchangeOf(fields, { at, target: path === '' ? '/' : path }) }
}

type Fields = Readonly<Record<string, string | undefined>>

function exchangeOf(fields: Fields, { at, target }: { readonly at: string; readonly target: string }): ForeignExchange {
  const agent = given(fields.agent)
  const bytes = Number(fields.bytes === '-' ? 0 : fields.bytes)
  const headers: (HeaderPair | undefined)[] = [
    named('Host', fields.vhost),
    named('User-Agent', agent),
    named('Referer', given(fields.referer)),
  ]
  return {
    at,
    caller: given(fields.user) ?? `${fields.address} ${agent ?? ''}`,
    request: { method: 'GET', target, headers: headers.filter((header) => header !== undefined), body: undefined },
    // The log tells how long the answer was, not what it said.
    response: {
      status: Number(fields.status),
      headers: [],
      body: bytes === 0 ? undefined : { kept: Buffer.alloc(0), bytes },
    },
    tookMs: 0,
  }
}

function named(name: string, value: string | undefined): HeaderPair | undefined {
  return value === undefined ? undefined : [name, value]
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value === '-' || value === '' ? undefined : plain(value)
}

/** Both servers write what is not printable as `\xHH`, quotes and backslashes with a backslash before them. */
function plain(value = ''): string {
  return value.replace(/\\x([0-9A-Fa-f]{2})|\\(.)/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? char : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function instantOf(text: string): string | undefined {
  const [, day, month = '', year, time, hours, minutes] = timeForm.exec(text) ?? []
  const number = months.indexOf(month) + 1
  const at = Date.parse(`${year}-${String(number).padStart(2, '0')}-${day}T${time}${hours}:${minutes}`)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
