import { isEdgeOwned, isFramingTwin } from './edge-owned.ts'
import { isHopByHop } from './hop-by-hop.ts'

/**
 * Names that mean nothing, or something dangerous, when they come after the body: they frame, route, authenticate,
 * modify or describe what was acted upon before them (RFC 9110, section 6.5.1).
 */
const onlyInFront: ReadonlySet<string> = new Set([
  ...['age', 'authorization', 'cache-control', 'content-encoding', 'content-length', 'content-range', 'content-type'],
  ...['cookie', 'date', 'expect', 'expires', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range'],
  ...['if-unmodified-since', 'location', 'max-forwards', 'pragma', 'range', 'retry-after', 'set-cookie', 'vary'],
  'www-authenticate',
])

/** Those trailer lines that may go on as trailers, flat and in their order; they never become headers. */
export function passableTrailers(trailers: readonly string[]): readonly string[] {
  if (trailers.length === 0) return trailers
  const passed: string[] = []
  for (let at = 0; at < trailers.length; at += 2) {
    const written = trailers[at] ?? ''
    const name = written.toLowerCase()
    if (onlyInFront.has(name) || isHopByHop(name) || isEdgeOwned(name) || isFramingTwin(name)) continue
    passed.push(written, trailers[at + 1] ?? '')
  }
  return passed
}
