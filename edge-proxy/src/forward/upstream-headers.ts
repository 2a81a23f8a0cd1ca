import type { Upstream } from '@banyan/toolkit/routing'
import type { Identity } from '../identity/identify.ts'
import { withoutEdgeCookie } from '../request/caller-cookie.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import { viaName } from '../request/identifiers.ts'
import { judgedOnce } from '../upstream/judged-names.ts'
import { isEdgeOwned, isFramingTwin } from './edge-owned.ts'
import { connectionNames, isHopByHop } from './hop-by-hop.ts'

/**
 * The header lines that go upstream, flat (`[name, value, name, value]`) and in the client's order: the client's
 * own without what is hop-by-hop or the edge's to say, then the edge's. So nothing that the client lists in
 * `Connection` can take away what the edge adds.
 */
export function upstreamHeaders(request: EdgeRequest, upstream: Upstream, url: URL): string[] {
  const named = connectionNames(request.raw.headers.connection)
  const headers = ['Host', upstream.host === 'preserve' ? (request.host ?? url.host) : url.host]
  const { rawHeaders } = request.raw
  let hasCookies = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const written = rawHeaders[i] ?? ''
    const fate = fates.of(written)
    if (fate === 'dropped' || (named.size > 0 && named.has(written.toLowerCase()))) continue
    if (fate === 'passed') headers.push(written, rawHeaders[i + 1] ?? '')
    else if (!hasCookies) {
      hasCookies = true
      pushCookies(headers, written, request)
    }
  }
  pushFraming(headers, request)
  pushEdgeHeaders(headers, request)
  return headers
}

/** All lines as one: who reads only the first, or only the last, would see another caller than the edge does (RFC 6265, section 5.4). */
function pushCookies(headers: string[], written: string, { raw }: EdgeRequest): void {
  const kept = withoutEdgeCookie(raw.headers.cookie ?? '')
  if (kept !== undefined) headers.push(written, kept)
}

/** What becomes of a client's header, whatever `Connection` says: asked for each line of each request. */
const fates = judgedOnce((written): 'passed' | 'dropped' | 'cookie' => {
  const name = written.toLowerCase()
  if (name === 'host' || name === 'content-length' || name === 'expect') return 'dropped'
  if (isHopByHop(name) || isEdgeOwned(name) || isFramingTwin(name)) return 'dropped'
  return name === 'cookie' ? 'cookie' : 'passed'
})

const bodyMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** The same framing as the client's: chunked stays chunked, whatever the method, so both ends see one request. */
function pushFraming(headers: string[], { framing, method }: EdgeRequest): void {
  if (framing.kind === 'chunked') headers.push('Transfer-Encoding', 'chunked')
  else if (framing.kind === 'length') headers.push('Content-Length', String(framing.bytes))
  else if (bodyMethods.has(method)) headers.push('Content-Length', '0')
}

function pushEdgeHeaders(headers: string[], request: EdgeRequest): void {
  const { client, trace, raw, identity } = request
  const { scheme, chain } = client
  const host = client.host ?? request.host
  headers.push('X-Forwarded-For', chain.length === 1 ? client.address : chain.join(', '), 'X-Forwarded-Proto', scheme)
  if (host !== undefined) headers.push('X-Forwarded-Host', host)
  headers.push('Forwarded', forwarded(chain, host, scheme))
  headers.push('Via', `${raw.headers.via === undefined ? '' : `${raw.headers.via}, `}${raw.httpVersion} ${viaName}`)
  headers.push('X-Request-Id', request.id, 'traceparent', trace.traceparent)
  const tracestate = trace.continued ? request.header('tracestate') : undefined
  if (tracestate !== undefined) headers.push('tracestate', tracestate)
  pushIdentity(headers, identity)
}

/** Throws for a name that clients could set themselves where nobody is identified. */
function pushIdentity(headers: string[], { headers: lines }: Identity): void {
  for (let i = 0; i < lines.length; i += 2) {
    const name = lines[i] ?? ''
    if (!isEdgeOwned(name.toLowerCase())) throw new Error(`an identity in "${name}", which is not the edge's own`)
    headers.push(name, lines[i + 1] ?? '')
  }
}

/** One element a hop (RFC 7239, section 4); what the client asked for stands with the nearest one, which the edge has seen itself. */
function forwarded(chain: readonly string[], host: string | undefined, scheme: string): string {
  const [first = ''] = chain
  const nodes = chain.length === 1 ? nodeOf(first) : chain.map(nodeOf).join(', ')
  return `${nodes}${host === undefined ? '' : `;host="${host}"`};proto=${scheme}`
}

function nodeOf(address: string): string {
  return address.includes(':') ? `for="[${address}]"` : `for=${address}`
}
