import type { EdgeLimits } from '@banyan/toolkit/routing'

/** How an edge does, as it is measured a few times a second. */
export interface LoadSample {
  /** How late a timer was. */
  readonly lagMs: number
  /** From 0 to 1: how much of the time the event loop had something to do. */
  readonly utilization: number
  /** Heap in use and buffers. */
  readonly memoryBytes: number
}

/** What follows from it. */
export interface Pressure {
  /** `strained`: shadows go one at a time; `overloaded`: shadows are left out, and requests are shed. */
  readonly level: 'calm' | 'strained' | 'overloaded'
  /** From 0 to 1: the share of new requests that is answered 503. */
  readonly shed: number
  readonly why: 'lag' | 'memory' | 'utilization' | undefined
}

/** The limits that pressure is measured by. */
export type PressureLimits = Pick<EdgeLimits, 'maxLagMs'> & { readonly maxMemoryBytes: number }

/** No pressure. */
export const calm: Pressure = { level: 'calm', shed: 0, why: undefined }

/** Busier than that, and whatever else runs takes time away from requests. */
const highUtilization = 0.9
/** With so much of its memory in use, or half of its delay, an edge leaves out what it can. */
const highMemoryShare = 0.8
const highLagShare = 0.5
const moreShed = 0.25
const lessShed = 0.1
/** Some go on, for else nobody would see that it has become better, and nothing would make the garbage be collected. */
const mostShed = 0.95

/**
 * Judges the latest samples, oldest first. A delay counts only as far as each of them shows it: a pause of the machine shows in one, an
 * overload in all (as CoDel tells a standing queue from a burst: RFC 8289, section 3). The share that is shed grows and shrinks in steps.
 */
export function judgePressure(before: Pressure, samples: readonly LoadSample[], limits: PressureLimits): Pressure {
  const memory = (samples.at(-1)?.memoryBytes ?? 0) / limits.maxMemoryBytes
  const lag = least(samples.map(({ lagMs }) => lagMs)) / limits.maxLagMs
  const shed = shedAfter(before.shed, memory >= 1 || lag >= 1)
  if (shed > 0) return { level: 'overloaded', shed, why: overloadOf({ memory, lag }) ?? before.why }
  if (memory >= highMemoryShare) return { level: 'strained', shed, why: 'memory' }
  if (lag >= highLagShare) return { level: 'strained', shed, why: 'lag' }
  const busy = least(samples.map(({ utilization }) => utilization)) >= highUtilization
  return busy ? { level: 'strained', shed, why: 'utilization' } : calm
}

function shedAfter(before: number, over: boolean): number {
  if (over) return Math.min(mostShed, before + moreShed)
  const less = before - lessShed
  return less < 0.01 ? 0 : less
}

function overloadOf({ memory, lag }: { readonly memory: number; readonly lag: number }): 'memory' | 'lag' | undefined {
  if (memory >= 1) return 'memory'
  return lag >= 1 ? 'lag' : undefined
}

function least(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.min(...values)
}
