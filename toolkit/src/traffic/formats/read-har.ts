import { parseJson } from '../../base/index.ts'
import type { HeaderPair } from '../exchange.ts'
import type { BodyInTheRaw } from '../redact/redact-body.ts'
import { type ForeignExchange, type ForeignRecord, malformed, maxRecordBytes } from './foreign.ts'
import { type EntryBytes, splitEntries } from './har-entries.ts'
import { type HarEntry, harEntrySchema } from './har-schema.ts'

/** How a HAR is read. */
export interface HarOptions {
  /** `https://shop.example`: only what went there. Default: where the first entry went. */
  readonly origins?: readonly string[]
}

const epoch = '1970-01-01T00:00:00.000Z'

/**
 * Reads an HTTP Archive 1.2, as browsers export it: entry by entry in bounded memory, so that one which is cut gives
 * what is whole in it. Bodies stand decoded in a HAR, so a Content-Encoding of an answer is left out. Returns whether
 * it was a HAR at all.
 */
export async function* readHar(
  chunks: AsyncIterable<Buffer>,
  { origins }: HarOptions = {},
): AsyncGenerator<ForeignRecord, { readonly isHar: boolean }> {
  const entries = splitEntries(chunks, maxRecordBytes)
  let wanted = origins
  let before = epoch
  for (let next = await entries.next(); ; next = await entries.next()) {
    if (next.done === true) return next.value
    const read = readEntry(next.value)
    if ('kind' in read) {
      yield read
      continue
    }
    const { offset } = next.value
    const at = instantOf(read.entry.startedDateTime) ?? before
    before = at
    const [, origin, target] = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(read.entry.request.url) ?? []
    if (origin === undefined) yield { kind: 'skipped', offset, why: 'not-http' }
    else {
      wanted ??= [origin]
      if (!wanted.includes(origin)) yield { kind: 'skipped', offset, why: 'other-origin', origin }
      else if (!isAnswered(read.entry)) yield { kind: 'skipped', offset, why: 'no-answer' }
      else yield { kind: 'exchange', offset, exchange: exchangeOf(read.entry, { at, origin, target: pathOf(target) }) }
    }
  }
}

function readEntry({ offset, bytes, whole }: EntryBytes): { readonly entry: HarEntry } | ForeignRecord {
  if (!whole) return malformed(offset, 'the file ends within this entry')
  if (bytes === undefined) return malformed(offset, 'larger than is read')
  const json = parseJson(bytes.toString('utf8'))
  if (json === undefined) return malformed(offset, 'no JSON')
  const parsed = harEntrySchema.safeParse(json)
  if (parsed.success) return { entry: parsed.data }
  const [issue] = parsed.error.issues
  return malformed(offset, issue === undefined ? 'no entry' : wrongPart(issue))
}

/** `response: expected object, received undefined`. */
function wrongPart({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${path.length === 0 ? 'the entry' : path.join('.')}: ${message.replace(/^Invalid input: /, '')}`
}

/** Failed requests have status 0 or -1; from a cache nothing was asked of the server. */
function isAnswered({ response, _fromCache, _banyan }: HarEntry): boolean {
  if (_banyan !== undefined && response.status === 0) return true
  return Number.isInteger(response.status) && response.status >= 100 && response.status <= 999 && !_fromCache
}

function instantOf(text: string | undefined): string | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

function pathOf(target = ''): string {
  return target.startsWith('/') ? target : `/${target}`
}

function exchangeOf(
  { request, response, time, _banyan: ours }: HarEntry,
  { at, origin, target }: { readonly at: string; readonly origin: string; readonly target: string },
): ForeignExchange {
  const answered = headersOf(response.headers).filter(([name]) => name.toLowerCase() !== 'content-encoding')
  return {
    at,
    // One HAR is one browser, and one browser is one caller; only our own tell several apart.
    caller: ours === undefined ? `browser at ${origin}` : ours.caller,
    request: {
      method: request.method,
      target,
      headers: headersOf(request.headers),
      body: sized(requestBody(request.postData), ours?.requestBodyBytes),
    },
    response:
      response.status === 0
        ? undefined
        : {
            status: response.status,
            headers: answered,
            body: sized(responseBody(response.content), ours?.responseBodyBytes),
          },
    tookMs: time === undefined || time === null || time < 0 ? 0 : time,
    ...(ours === undefined ? {} : { ours }),
  }
}

/** Pseudo-headers of HTTP/2 are none; Chromium joins repeated ones with a line break. */
function headersOf(headers: HarEntry['request']['headers']): HeaderPair[] {
  const authority = headers.find(({ name }) => name === ':authority')
  const hasHost = headers.some(({ name }) => name.toLowerCase() === 'host')
  const host: HeaderPair[] = authority === undefined || hasHost ? [] : [['Host', authority.value]]
  const plain = headers
    .filter(({ name }) => !name.startsWith(':'))
    .flatMap(({ name, value }) => value.split('\n').map((one): HeaderPair => [name, one]))
  return [...host, ...plain]
}

function requestBody(post: HarEntry['request']['postData']): BodyInTheRaw | undefined {
  if (post === undefined || post === null) return undefined
  const encoded = (post._encoding ?? post.encoding) === 'base64'
  if (post.text !== undefined && post.text !== '') return bodyOf(Buffer.from(post.text, encoded ? 'base64' : 'utf8'))
  if (post.params === undefined || post.params.length === 0) return undefined
  // The parts of a multipart body are listed without what was between them: it cannot be made again.
  if (post.mimeType.startsWith('multipart/')) return { kept: Buffer.alloc(0), bytes: 1 }
  return bodyOf(
    Buffer.from(`${new URLSearchParams(post.params.map(({ name, value }): [string, string] => [name, value]))}`),
  )
}

/** What has a size and no text was not kept by the browser. */
function responseBody(content: HarEntry['response']['content']): BodyInTheRaw | undefined {
  if (content === undefined || content === null) return undefined
  if (content.text === undefined) return content.size > 0 ? { kept: Buffer.alloc(0), bytes: content.size } : undefined
  return bodyOf(Buffer.from(content.text, content.encoding === 'base64' ? 'base64' : 'utf8'))
}

function bodyOf(kept: Buffer): BodyInTheRaw | undefined {
  return kept.length === 0 ? undefined : { kept, bytes: kept.length }
}

function sized(body: BodyInTheRaw | undefined, bytes: number | undefined): BodyInTheRaw | undefined {
  if (bytes === undefined) return body
  return { kept: body?.kept ?? Buffer.alloc(0), bytes }
}
