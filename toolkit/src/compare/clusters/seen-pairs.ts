import type { Json } from '../../base/index.ts'
import type { DifferenceSample } from '../report/report.ts'
import { apartOf } from './apart.ts'
import { momentsApart } from './moment.ts'

const maxValues = 64
const maxValueLength = 80
/** A clock of milliseconds is read to the millisecond, on both arms. */
const readingMs = 2

/** One difference where it was met, and where its answers are kept; undefined where they are not. */
export interface MetDifference {
  readonly sample: DifferenceSample
  readonly keptAt: number | undefined
  /** Whether the service's value is one that legacy had given before, for the same request. */
  readonly stale: boolean
  /** Whether it was gone when both arms were asked again, though no lag can have made it. */
  readonly gone: boolean
  /** How long the slower arm took, in ms: both read their clocks in that time. */
  readonly windowMs: number
}

/** What all differences of one kind have in common, in bounded memory. */
export interface SeenPairs {
  readonly differences: number
  readonly stale: number
  readonly gone: number
  readonly first: MetDifference
  readonly last: MetDifference
  /** What each value of legacy became; undefined when there were too many, or one became two things. */
  readonly mapped: ReadonlyMap<string, string> | undefined
  /** Different values seen, up to 64. */
  readonly distinct: { readonly legacy: number; readonly service: number }
  /** Of numbers: how much was added, and by what legacy was multiplied. */
  readonly added: Range | undefined
  readonly ratio: Range | undefined
  /** How far numbers or instants are apart at most; undefined when some are neither. */
  readonly mostApart: number | undefined
  /** By how many ms two moments are farther apart than the slower arm took, at most; undefined when some are no moments. */
  readonly beyondWindow: number | undefined
  /** Moments that are farther apart than that. */
  readonly late: number
}

/** The least and the greatest. */
export interface Range {
  readonly least: number
  readonly most: number
}

/** Collects differences. */
export interface PairCollector {
  add(met: MetDifference): void
  count(): number
  seen(): SeenPairs | undefined
}

/** Starts collecting. */
export function buildPairs(): PairCollector {
  const values = buildMapping()
  let differences = 0
  let stale = 0
  let gone = 0
  let first: MetDifference | undefined
  let last: MetDifference | undefined
  let added: Range | undefined
  let ratio: Range | undefined
  let numbers = true
  let mostApart: number | undefined = 0
  let beyondWindow: number | undefined = 0
  let late = 0
  return {
    add(met) {
      differences += 1
      if (met.stale) stale += 1
      if (met.gone) gone += 1
      if (first === undefined || isBefore(met, first)) first = met
      if (last === undefined || !isBefore(met, last)) last = met
      const [a, b] = [met.sample.legacy, met.sample.service]
      values.add(a, b)
      mostApart = farther(mostApart, apartOf(a, b))
      const beyond = (momentsApart(a, b) ?? Number.NaN) - met.windowMs
      beyondWindow = farther(beyondWindow, Number.isNaN(beyond) ? undefined : beyond)
      if (beyond > readingMs) late += 1
      numbers &&= typeof a === 'number' && typeof b === 'number'
      if (typeof a !== 'number' || typeof b !== 'number') return
      added = widened(added, b - a)
      ratio = widened(ratio, b / a)
    },
    count: () => differences,
    seen() {
      if (first === undefined || last === undefined) return undefined
      const { mapped, distinct } = values.seen()
      const counted = { differences, stale, gone, first, last, mapped, distinct, mostApart, beyondWindow, late }
      return { ...counted, ...(numbers ? { added, ratio } : none) }
    },
  }
}

const none = { added: undefined, ratio: undefined }

/** By the instant of recording, not by the order of arrival: that depends on which answer came first. */
function isBefore(a: MetDifference, b: MetDifference): boolean {
  const [x, y] = [a.sample, b.sample]
  return x.at < y.at || (x.at === y.at && x.exchange < y.exchange)
}

/** Undefined for ever once something cannot be measured. */
export function farther(most: number | undefined, apart: number | undefined): number | undefined {
  return most === undefined || apart === undefined ? undefined : Math.max(most, apart)
}

function widened(range: Range | undefined, value: number): Range {
  return { least: Math.min(range?.least ?? value, value), most: Math.max(range?.most ?? value, value) }
}

function buildMapping() {
  const mapped = new Map<string, string>()
  const services = new Set<string>()
  let isFunction = true
  return {
    add(legacy: Json | undefined, service: Json | undefined) {
      const [a, b] = [keyOf(legacy), keyOf(service)]
      if (services.size < maxValues) services.add(b)
      const known = mapped.get(a)
      if (known === undefined && mapped.size < maxValues) mapped.set(a, b)
      else if (known !== b) isFunction = false
    },
    seen: () => ({
      mapped: isFunction ? new Map(mapped) : undefined,
      distinct: { legacy: mapped.size, service: services.size },
    }),
  }
}

function keyOf(value: Json | undefined): string {
  const text = value === undefined ? '' : JSON.stringify(value)
  return text.length <= maxValueLength ? text : `${text.slice(0, maxValueLength)}…${text.length}`
}
