/** A pause grows to at most this many times the first. */
const maxGrowth = 10

/**
 * How long to wait before retry number `retry` (from 1), in ms: random from 0 up to a bound that doubles each time
 * (exponential backoff with full jitter), so that requests which failed together do not come back together.
 */
export function backoffMs(retry: number, firstMs: number, dice: number): number {
  return dice * firstMs * Math.min(2 ** (retry - 1), maxGrowth)
}
