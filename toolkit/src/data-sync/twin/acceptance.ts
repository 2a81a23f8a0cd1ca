import type { WrittenReport } from '../../compare/report/written-report.ts'
import type { WrittenRule } from '../capability.ts'
import type { FieldFix } from '../verify/report.ts'

/** Tells which differences between what both arms wrote are none that matter, and counts them. */
export interface Acceptance {
  accepts(fix: FieldFix): boolean
  /** Counts the accepted fields of one aggregate. */
  count(fixes: readonly FieldFix[]): void
  report(): NonNullable<WrittenReport['accepted']>
}

/** A database that keeps minutes gives the beginning of the one in which it wrote. */
const coarsestMs = 60_000

const byClock = 'each arm wrote the instant at which it was asked'

/**
 * Accepts the fields that the manifest's rules name, and instants that both lie within the replay (ISO 8601 with a zone): each arm read its own clock. A
 * value that only one arm wrote is never accepted.
 */
export function buildAcceptance(
  rules: readonly WrittenRule[],
  within: { readonly since: number; readonly until: number },
): Acceptance {
  const counts = new Map<string, number>()
  const reasonFor = ({ path, is, becomes }: FieldFix): string | undefined => {
    if (isNothing(is) || isNothing(becomes)) return undefined
    const pattern = patternOf(path)
    const rule = rules.find((each) => each.path === pattern)
    if (rule !== undefined) return rule.reason
    return isOfTheRun(is) && isOfTheRun(becomes) ? byClock : undefined
  }
  return {
    accepts: (fix) => reasonFor(fix) !== undefined,
    count: (fixes) => {
      const found = fixes.flatMap((fix) => {
        const reason = reasonFor(fix)
        return reason === undefined ? [] : [JSON.stringify([patternOf(fix.path), reason])]
      })
      for (const name of new Set(found)) counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    report: () =>
      [...counts].map(([name, aggregates]) => {
        const [path, reason] = JSON.parse(name) as [string, string]
        return { path, reason, aggregates }
      }),
  }

  function isOfTheRun(text: string | undefined): boolean {
    const [, instant = ''] = /^"(\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d))"$/.exec(text ?? '') ?? []
    const at = Date.parse(instant)
    return at >= within.since - coarsestMs && at <= within.until + coarsestMs
  }
}

function isNothing(text: string | undefined): boolean {
  return text === undefined || text === 'null'
}

/** `addresses[30].line1` as `addresses[*].line1`; keys of several columns hold brackets themselves. */
function patternOf(path: string): string {
  return path.replace(/^([^[]+)\[.*\](?=$|\.[^.\]]+$)/s, '$1[*]')
}
