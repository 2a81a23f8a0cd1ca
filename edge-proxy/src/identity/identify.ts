import type { EdgeRequest } from '../request/edge-request.ts'

/** Who sends a request, as somebody has proven it; never what a header from outside merely says. */
export interface Identity {
  /** Names one person or program, for rates by `subject`; undefined: nobody is known. */
  readonly subject: string | undefined
  /** The header lines by which the upstreams learn it, flat; names that never pass from outside (`X-User-...`). */
  readonly headers: readonly string[]
}

/**
 * The place of authentication in a request's path: after it has been read, before its route is taken. What it says goes
 * upstream, to the shadow as well, and may tell clients apart for rates.
 */
export type Identify = (request: EdgeRequest) => Identity | Promise<Identity>

/** Whom nobody has proven to be anybody. */
export const nobody: Identity = { subject: undefined, headers: [] }

/** The request with who sent it; a promise only where the identity is one. */
export function identify(request: EdgeRequest, by: Identify): EdgeRequest | Promise<EdgeRequest> {
  const identity = by(request)
  if (identity === nobody) return request
  if (identity instanceof Promise) return identity.then((known) => ({ ...request, identity: known }))
  return { ...request, identity }
}

/** Proves nothing: upstreams see for themselves who somebody is, from the request's own cookies and tokens. */
export const identifyNobody: Identify = () => nobody
