import { type ColumnValue, type Row, sameColumn, type TranslationProblem } from '@banyan/toolkit/anti-corruption'

/** The columns that one side of a part becomes on the other, or why it cannot. */
export type Carried = { readonly ok: true; readonly columns: Row } | { readonly ok: false; readonly reason: string }

/** Some columns of a legacy row and the columns of a service row that say the same. */
export interface Part {
  /** First the one that problems are named by. */
  readonly legacy: readonly [string, ...string[]]
  readonly service: readonly [string, ...string[]]
  toService(row: Row): Carried
  toLegacy(row: Row): Carried
}

/** A row carried over, with every problem that was met; `row` is whole only when there is none. */
export interface CarriedRow {
  readonly row: Row
  readonly problems: readonly TranslationProblem[]
}

/** The service's row of a legacy row; what legacy cannot tell apart stays as `before` has it. */
export function rowToService(parts: readonly Part[], row: Row, before?: Row): CarriedRow {
  return carryRow(parts, { row, before }, forth)
}

/** The legacy row of a service's row; what the service cannot tell apart stays as `before` has it. */
export function rowToLegacy(parts: readonly Part[], row: Row, before?: Row): CarriedRow {
  return carryRow(parts, { row, before }, back)
}

/** A direction by the names that a part gives to its two sides. */
interface Way {
  readonly carry: 'toService' | 'toLegacy'
  readonly reverse: 'toService' | 'toLegacy'
  readonly from: 'legacy' | 'service'
  readonly to: 'legacy' | 'service'
}

const forth: Way = { carry: 'toService', reverse: 'toLegacy', from: 'legacy', to: 'service' }
const back: Way = { carry: 'toLegacy', reverse: 'toService', from: 'service', to: 'legacy' }

function carryRow(
  parts: readonly Part[],
  { row, before }: { readonly row: Row; readonly before: Row | undefined },
  way: Way,
): CarriedRow {
  const made: Record<string, ColumnValue> = {}
  const problems: TranslationProblem[] = []
  for (const part of parts) {
    if (before !== undefined && saysTheSame(part, row, before, way)) {
      for (const column of part[way.to]) made[column] = before[column] ?? null
      continue
    }
    const carried = part[way.carry](row)
    if (carried.ok) Object.assign(made, carried.columns)
    else problems.push({ path: part[way.from][0], reason: carried.reason })
  }
  return { row: made, problems }
}

function saysTheSame(part: Part, row: Row, before: Row, way: Way): boolean {
  const reversed = part[way.reverse](before)
  return reversed.ok && part[way.from].every((column) => sameColumn(reversed.columns[column], row[column]))
}
