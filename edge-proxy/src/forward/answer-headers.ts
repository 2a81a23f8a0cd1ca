import { viaName } from '../request/identifiers.ts'
import { judgedOnce } from '../upstream/judged-names.ts'
import { valuesOf } from './header-lines.ts'
import { connectionNames, isHopByHop } from './hop-by-hop.ts'

/** What the edge adds to an answer on its way to the client. */
export interface AnswerAdditions {
  readonly requestId: string
  /** A whole `Set-Cookie` value; undefined adds none. */
  readonly setCookie: string | undefined
  /** Header lines beside the upstream's, flat. */
  readonly added?: readonly string[]
  /** Header lines that tell how the answer came about, flat. */
  readonly exposed?: readonly string[]
  /** True ends the client's connection after this answer. */
  readonly close: boolean
}

const fates = judgedOnce((written): 'passed' | 'dropped' | 'length' => {
  const name = written.toLowerCase()
  if (isHopByHop(name) || name === 'x-request-id') return 'dropped'
  return name === 'content-length' ? 'length' : 'passed'
})

/**
 * The header lines that go to the client, flat and in the upstream's order: without hop-by-hop lines, every
 * `Set-Cookie` kept by itself, then the edge's own.
 */
export function answerHeaders(upstream: readonly string[], status: number, additions: AnswerAdditions): string[] {
  const named = connectionNames(valuesOf(upstream, 'connection'))
  const headers: string[] = []
  for (let i = 0; i < upstream.length; i += 2) {
    const written = upstream[i] ?? ''
    const fate = fates.of(written)
    if (fate === 'dropped' || (named.size > 0 && named.has(written.toLowerCase()))) continue
    // RFC 9110, section 8.6: no Content-Length beside 204.
    if (status === 204 && fate === 'length') continue
    headers.push(written, upstream[i + 1] ?? '')
  }
  headers.push('Via', `1.1 ${viaName}`, 'X-Request-Id', additions.requestId)
  if (additions.setCookie !== undefined) headers.push('Set-Cookie', additions.setCookie)
  if (additions.added !== undefined && additions.added.length > 0) headers.push(...additions.added)
  if (additions.exposed !== undefined && additions.exposed.length > 0) headers.push(...additions.exposed)
  if (additions.close) headers.push('Connection', 'close')
  return headers
}
