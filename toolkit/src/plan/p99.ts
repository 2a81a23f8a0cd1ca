import type { RouteDelta } from './delta.ts'
import { formatCount } from './format.ts'
import type { Gate } from './plan.ts'
import type { ArmCounters, ConditionReading } from './readings.ts'

/** Of fewer samples the 99th percentile is only the slowest one. */
const leastSamples = 100

/** Judges the service's p99 against the legacy arm's: of the same time, or else of all that the edge has seen. */
export function judgeP99({ atMostTimesLegacy }: NonNullable<Gate['p99']>, delta: RouteDelta): ConditionReading {
  const about = { condition: 'p99', wanted: leastSamples } as const
  const nothing = { ...about, outcome: 'unknown', value: undefined, threshold: undefined, denominator: 0 } as const
  if (!delta.known) return { ...nothing, text: `p99: ${delta.why}` }
  const base = samplesOf(delta.legacy) >= leastSamples ? delta.legacy : delta.legacyEver
  const denominator = samplesOf(delta.service)
  const [few] = [delta.service, base].filter((arm) => samplesOf(arm) < leastSamples)
  if (few !== undefined) {
    const text = `p99: ${formatCount(samplesOf(few))} answers of ${few.arm}; ${leastSamples} samples are wanted`
    return { ...nothing, denominator, text }
  }
  const value = quantileMs(delta.service, 0.99)
  const legacyMs = quantileMs(base, 0.99)
  const threshold = legacyMs * atMostTimesLegacy
  if (legacyMs === Number.POSITIVE_INFINITY) {
    return { ...nothing, denominator, text: 'p99: legacy is slower than the edge measures, so nothing can be compared' }
  }
  const text = `p99 ${inMs(value)} ms, legacy ${inMs(legacyMs)} ms, at most ${atMostTimesLegacy} times`
  return { ...about, outcome: value <= threshold ? 'pass' : 'fail', value, threshold, denominator, text }
}

function inMs(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1)
}

function samplesOf({ latency }: ArmCounters): number {
  return latency.counts.reduce((sum, count) => sum + count, 0)
}

/**
 * The quantile in milliseconds, interpolated inside its bucket as Prometheus' `histogram_quantile` does;
 * infinite when it lies above the last bound, NaN without samples.
 */
export function quantileMs({ latency }: Pick<ArmCounters, 'latency'>, quantile: number): number {
  const { boundsMs, counts } = latency
  const wanted = counts.reduce((sum, count) => sum + count, 0) * quantile
  let below = 0
  for (const [index, count] of counts.entries()) {
    if (below + count >= wanted && count > 0) {
      const lower = boundsMs[index - 1] ?? 0
      const upper = boundsMs[index]
      if (upper === undefined) return Number.POSITIVE_INFINITY
      return lower + ((upper - lower) * (wanted - below)) / count
    }
    below += count
  }
  return Number.NaN
}
