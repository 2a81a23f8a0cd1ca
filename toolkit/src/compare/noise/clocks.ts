import type { Json } from '../../base/index.ts'
import { momentOf } from '../clusters/moment.ts'
import type { SeenPairs } from '../clusters/seen-pairs.ts'
import type { Sampled } from '../report/answer-sample.ts'
import { valuesAt } from '../report/whole-values.ts'
import { tailProbability } from '../verdict/binomial.ts'

/** A field that holds the time at which it is asked. */
export interface Clock {
  /** It ticks so often: every second, every millisecond. */
  readonly tickMs: number
}

/** Finds clocks among the fields of a route. */
export interface Clocks {
  of(field: { readonly route: string; readonly path: string }): Clock | undefined
}

const leastReadings = 10
/** From the reading of a clock until the answer is counted; both arms may have been asked again in between. */
const slackMs = 2000
/** One answer in twenty may have been held up for longer. */
const held = 0.05
const ticks = [86_400_000, 3_600_000, 60_000, 1000, 100, 10] as const

/** Looks for clocks in samples of legacy's answers: fields that run on as time does, in whatever zone. */
export function buildClocks(samplesOf: (route: string) => readonly Sampled<Json | undefined>[]): Clocks {
  const samples = new Map<string, readonly Sampled<Json | undefined>[]>()
  const found = new Map<string, Clock | undefined>()
  return {
    of({ route, path }) {
      const key = `${route}\n${path}`
      if (!found.has(key)) {
        const ofRoute = samples.get(route) ?? samplesOf(route)
        samples.set(route, ofRoute)
        found.set(key, path.startsWith('$') ? clockIn(ofRoute, path) : undefined)
      }
      return found.get(key)
    },
  }
}

function clockIn(samples: readonly Sampled<Json | undefined>[], path: string): Clock | undefined {
  const readings = samples.flatMap(({ body, at }) => {
    const values = valuesAt(body, path, 1)
    return values.length === 0 ? [] : [{ moment: momentOf(values[0]), at }]
  })
  const moments = readings.flatMap(({ moment, at }) => (moment === undefined ? [] : [{ moment, at }]))
  if (moments.length < leastReadings || moments.length < readings.length) return undefined
  const tickMs = ticks.find((tick) => moments.every(({ moment }) => moment % tick === 0)) ?? 1
  return runsOn(moments, tickMs) ? { tickMs } : undefined
}

interface Reading {
  readonly moment: number
  readonly at: number
}

/**
 * What was stored says the same however late it is read; a clock lags behind the time of reading by at most a tick. In a
 * short run only what is near the machine's own clock is one; in a longer run also what is hours off.
 */
function runsOn(readings: readonly Reading[], tickMs: number): boolean {
  if (new Set(readings.map(({ moment }) => moment)).size < 2) return false
  const behind = readings.map(({ moment, at }) => at - moment).sort((a, b) => a - b)
  const least = behind[Math.floor((behind.length * held) / 2)] ?? 0
  const most = behind[Math.ceil(behind.length * (1 - held / 2)) - 1] ?? 0
  if (most - least > tickMs + slackMs) return false
  const isNow = least >= -slackMs && most <= tickMs + slackMs
  const span = Math.max(...readings.map(({ at }) => at)) - Math.min(...readings.map(({ at }) => at))
  return isNow || span >= 3 * (tickMs + slackMs)
}

/** How often and how long the arms were asked side by side. */
export interface Asked {
  readonly exchanges: number
  /** Of all exchanges together: as long as the slower arm took. */
  readonly windowMs: number
}

const significance = 1e-4
const coarseMs = 100
const mostLate = 0.1

/**
 * Whether differences of a clock come of reading it at two moments. Both arms are asked at once, so both read theirs while
 * the slower one is still answering. A clock that ticks seldom can tick in between, in a share of the exchanges that this
 * time is of a tick; a service that is a second behind differs far more often. Undefined when this does not tell.
 */
export function isTick(
  clock: Clock,
  { exchanges, seen }: { readonly exchanges: number; readonly seen: SeenPairs },
  asked: Asked,
): boolean | undefined {
  if (seen.beyondWindow === undefined) return undefined
  if (clock.tickMs < coarseMs) return seen.late <= mostLate * seen.differences ? true : undefined
  if (seen.beyondWindow > clock.tickMs) return undefined
  const share = Math.min(1, asked.windowMs / asked.exchanges / clock.tickMs)
  return tailProbability(exchanges, asked.exchanges, share) >= significance
}
