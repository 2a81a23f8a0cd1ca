import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { request } from 'undici'

const timeoutMs = 10_000
const maxBodyBytes = 1024 * 1024
const otherHost = 'banyan-probe.example'

/** What a few GETs of an application's front page showed. */
export interface Probe {
  readonly url: string
  readonly status: number
  readonly contentType: string | undefined
  /** Where it redirects to, as sent. */
  readonly location: string | undefined
  /** Names of the cookies that it sets. */
  readonly cookies: readonly string[]
  /**
   * Whether it answers differently under another Host: `no`, `status` (it refuses a Host that it does not know),
   * `location` (its redirects name the Host that was sent), `body`.
   */
  readonly hostSensitive: 'no' | 'status' | 'location' | 'body'
}

interface Answer {
  readonly status: number
  readonly contentType: string | undefined
  readonly location: string | undefined
  readonly cookies: readonly string[]
  readonly body: string
}

/** Looks at an application from outside: three GETs of its front page. Throws `application-unreachable` (exit 5). */
export async function probe(url: URL): Promise<Probe> {
  const first = await get(url, url.host)
  const again = await get(url, url.host)
  const foreign = await get(url, otherHost)
  const { status, contentType, location, cookies } = first
  const hostSensitive = sensitivity([first, again], foreign)
  return { url: url.origin, status, contentType, location, cookies, hostSensitive }
}

/** What changes from answer to answer anyway is not because of the Host. */
function sensitivity([first, again]: readonly [Answer, Answer], foreign: Answer): Probe['hostSensitive'] {
  if (first.status === again.status && first.status !== foreign.status) return 'status'
  if (first.location === again.location && first.location !== foreign.location) return 'location'
  return first.body === again.body && first.body !== foreign.body ? 'body' : 'no'
}

async function get(url: URL, host: string): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const { statusCode, headers, body } = await request(url, { headers: { host, accept: '*/*' }, reset: true, signal })
    return {
      status: statusCode,
      contentType: one(headers['content-type']),
      location: one(headers.location),
      cookies: [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.slice(0, cookie.indexOf('='))),
      body: await beginning(body),
    }
  } catch (thrown) {
    throw new Fault('application-unreachable', `nothing answers at ${url.origin}: ${messageOf(thrown)}`, {
      hint: 'start the application, and name the address under which it answers here',
      exitCode: exitCodes.unreachable,
      cause: thrown,
    })
  }
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0]
}

async function beginning(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBodyBytes) break
  }
  return Buffer.concat(chunks).toString('latin1')
}
