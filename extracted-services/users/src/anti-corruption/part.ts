import { type Row, sameColumn, type TranslationProblem } from '@banyan/toolkit/anti-corruption'

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
export function rowToService(parts: readonly Part[], row: Row, before: Row | undefined): CarriedRow {
  return carryRow(
    parts.map((part) => ({
      path: part.legacy[0],
      carried: keep(part.toService(row), () => keptService(part, row, before)),
    })),
  )
}

/** The legacy row of a service's row; what the service cannot tell apart stays as `before` has it. */
export function rowToLegacy(parts: readonly Part[], row: Row, before: Row | undefined): CarriedRow {
  return carryRow(
    parts.map((part) => ({
      path: part.service[0],
      carried: keep(part.toLegacy(row), () => keptLegacy(part, row, before)),
    })),
  )
}

function keep(fresh: Carried, kept: () => Row | undefined): Carried {
  if (!fresh.ok) return fresh
  const columns = kept()
  return columns === undefined ? fresh : { ok: true, columns }
}

function keptService(part: Part, row: Row, before: Row | undefined): Row | undefined {
  if (before === undefined) return undefined
  const back = part.toLegacy(before)
  return back.ok && says(back.columns, row) ? pick(before, part.service) : undefined
}

function keptLegacy(part: Part, row: Row, before: Row | undefined): Row | undefined {
  if (before === undefined) return undefined
  const forth = part.toService(before)
  return forth.ok && says(forth.columns, row) ? pick(before, part.legacy) : undefined
}

function says(columns: Row, row: Row): boolean {
  return Object.entries(columns).every(([column, value]) => sameColumn(value, row[column]))
}

function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
}

function carryRow(parts: readonly { readonly path: string; readonly carried: Carried }[]): CarriedRow {
  const row: Record<string, Row[string]> = {}
  const problems: TranslationProblem[] = []
  for (const { path, carried } of parts) {
    if (carried.ok) Object.assign(row, carried.columns)
    else problems.push({ path, reason: carried.reason })
  }
  return { row, problems }
}
