import { buildBodyDigest } from './body-digest.ts'
import { decodeBody } from './decode.ts'

/** What is compared of an answer. Header names in lower case; bodies already decoded from gzip or br. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
  /** True when the answer was cut or was larger than what is kept: it is compared by its digest, or not at all. */
  readonly truncated: boolean
  /** Of the whole decoded body, also of what is not kept: see `buildBodyDigest`. Needed only where it is truncated. */
  readonly digest?: string | undefined
}

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** Names in any case; repeated names stay separate. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  readonly body: Buffer
  /** True when `body` holds only the beginning. */
  readonly truncated: boolean
  /** Of the whole decoded body: see `buildBodyDigest`. */
  readonly digest?: string | undefined
}

/**
 * Makes a wire answer comparable: lower-case header names, the body decoded from gzip, br or deflate to at most
 * `maxBodyBytes`. What decodes to more counts as truncated and is digested, within a bound; a body that does not decode stays as it came.
 */
export async function toAnswer(wire: WireAnswer, maxBodyBytes: number): Promise<Answer> {
  const headers = headerMap(wire.headers)
  const { status, body, truncated, digest } = wire
  const plain = { status, headers, body, truncated, ...(digest === undefined ? {} : { digest }) }
  const encoding = headers.get('content-encoding')?.join(',')
  if (wire.truncated || encoding === undefined || wire.body.length === 0) return plain
  const decoded = await decodeBody(wire.body, encoding, maxBodyBytes)
  if (decoded.ok) return { ...plain, body: decoded.body }
  return decoded.why === 'too-large' ? await digested(plain, { encoding, maxBodyBytes }) : plain
}

/** Of a body that unpacks to more, so much is read to be digested. */
const maxDigestedBytes = 32 * 1024 * 1024

async function digested(
  answer: Answer,
  { encoding, maxBodyBytes }: { readonly encoding: string; readonly maxBodyBytes: number },
): Promise<Answer> {
  const passing = buildBodyDigest({ keepBytes: maxBodyBytes, maxBytes: maxDigestedBytes, contentEncoding: encoding })
  await passing.write(answer.body)
  const { kept, digest } = await passing.end()
  return { ...answer, body: kept, truncated: true, ...(digest === undefined ? {} : { digest }) }
}

/** Headers by lower-case name, values of repeated names in their order. */
export function headerMap(pairs: Iterable<readonly [name: string, value: string]>): Map<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>()
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    headers.set(key, [...(headers.get(key) ?? []), value])
  }
  return headers
}
