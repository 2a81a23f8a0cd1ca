import type { Clock } from '../base/index.ts'

const windowMs = 3000

/** Aggregates per second over the last seconds. */
export interface Rate {
  /** Takes a count that only grows, and gives the rate; undefined until two readings lie apart. */
  perSecond(count: number): number | undefined
}

/** A rate over a sliding window of three seconds; a count that shrinks begins anew. */
export function buildRate(clock: Clock): Rate {
  let readings: { readonly at: number; readonly count: number }[] = []
  return {
    perSecond: (count) => {
      const at = clock.monotonic()
      if (count < (readings.at(-1)?.count ?? 0)) readings = []
      readings = [...readings.filter((reading) => reading.at >= at - windowMs), { at, count }]
      const first = readings[0]
      return first === undefined || at - first.at < 1 ? undefined : (1000 * (count - first.count)) / (at - first.at)
    },
  }
}
