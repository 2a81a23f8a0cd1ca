import type { Upstream } from '@banyan/toolkit/routing'

const turns = new WeakMap<Upstream, number>()

/** The URLs of an upstream take turns. */
export function nextUrl(upstream: Upstream): URL {
  const turn = turns.get(upstream) ?? 0
  const url = upstream.urls[turn % upstream.urls.length]
  if (upstream.urls.length > 1) turns.set(upstream, turn + 1)
  if (url === undefined) throw new Error(`upstream ${upstream.name} has no URL`)
  return url
}
