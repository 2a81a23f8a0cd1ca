import type { ComparisonReport, Outcome, WrittenReport } from '../../compare/index.ts'

type Judged = Pick<ComparisonReport, 'outcome' | 'conditions'>

/**
 * Adds what both arms wrote to the gate, as a condition of its own: one aggregate that is not alike fails it; nothing written, or not all of it compared, is unknown and never
 * a pass (law 7).
 */
export function judgeWritten<Compared extends Judged>(
  compared: Compared,
  written: WrittenReport | undefined,
): Compared {
  if (written === undefined) return compared
  const condition = conditionOf(written)
  return {
    ...compared,
    outcome: worst(compared.outcome, condition.outcome),
    conditions: [...compared.conditions, condition],
  }
}

function conditionOf(written: WrittenReport): Judged['conditions'][number] {
  const { capability, aggregates, different, onlyLegacy, onlyService, leftOut = 0 } = written
  const unlike = different + onlyLegacy + onlyService
  const text = `what both arms wrote of ${capability}: ${unlike} of ${aggregates} aggregates are not alike`
  if (unlike > 0) return { outcome: 'fail', text }
  if (aggregates === 0) return { outcome: 'unknown', text: `neither arm wrote anything of ${capability}` }
  return leftOut > 0
    ? { outcome: 'unknown', text: `${text}, and ${leftOut} were not compared` }
    : { outcome: 'pass', text }
}

function worst(one: Outcome, other: Outcome): Outcome {
  if (one === 'fail' || other === 'fail') return 'fail'
  return one === 'unknown' || other === 'unknown' ? 'unknown' : 'pass'
}
