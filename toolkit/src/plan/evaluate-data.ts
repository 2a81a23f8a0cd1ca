import { formatCount } from './format.ts'
import type { ConditionReading, CutoverReading, DriftReading, GateReading } from './readings.ts'

/** Judges a verification: drift fails; where nothing was compared, or not everything, it stays unknown (law 7). */
export function evaluateVerify({ equal, aggregates, drift, samples }: DriftReading): GateReading {
  const about = { condition: 'drift', threshold: 0, wanted: 1, denominator: aggregates } as const
  const compared = `${formatCount(aggregates)} aggregates compared`
  if (equal === true) return alone({ ...about, outcome: 'pass', value: 0, text: `${compared}, all equal` })
  if (equal === false) {
    const first = samples[0] === undefined ? '' : `: ${samples[0]}`
    return alone({
      ...about,
      outcome: 'fail',
      value: drift,
      text: `${formatCount(drift)} of ${compared} differ${first}`,
    })
  }
  const why = aggregates === 0 ? 'there was nothing to compare' : `${compared}, but not all of them`
  return alone({ ...about, outcome: 'unknown', value: undefined, text: why })
}

/** Judges a cutover: one that was undone fails. */
export function evaluateCutover(found: CutoverReading): GateReading {
  const about = { condition: 'cutover', threshold: undefined, value: undefined, wanted: 1, denominator: 1 } as const
  if (found.outcome === 'done') return alone({ ...about, outcome: 'pass', text: 'done' })
  return alone({ ...about, outcome: 'fail', text: `the cutover was undone: ${found.why}` })
}

function alone(condition: ConditionReading): GateReading {
  return { outcome: condition.outcome, conditions: [condition], differences: [] }
}
