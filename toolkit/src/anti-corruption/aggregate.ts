import type { AggregateRows, ColumnValue, Row } from './aggregate-rows.ts'
import type { Arm, Mapping } from './fields.ts'
import type { CoveredColumns, Loss, Translation, TranslationProblem, Translator } from './translator.ts'

/** The column that tells children apart, or the columns of a composite key. */
export type ChildKey = string | readonly string[]

/** How the children of one name correspond. */
export interface ChildMapping {
  /** The key column of a child on each side, or those of a composite key in the same order; children with the same key are the same child. */
  readonly key: readonly [legacy: ChildKey, service: ChildKey]
  readonly fields: readonly Mapping[]
}

/** An aggregate's translator, as it is declared. */
export interface AggregateDeclaration {
  readonly root: readonly Mapping[]
  /** By the name that the children have in both models. */
  readonly children?: Readonly<Record<string, ChildMapping>>
  /** Children of the service, exactly one each, that are columns of the root in legacy. */
  readonly embedded?: Readonly<Record<string, readonly Mapping[]>>
  /** Losses beyond those that the fields declare. */
  readonly losses?: readonly Loss[]
}

/**
 * The translator of an aggregate, from its fields. Children are matched by key, so that each keeps what its own `before` held.
 * All problems of an aggregate are found at once, each with its path: `addresses[2].typ_cd`.
 */
export function aggregate(declaration: AggregateDeclaration): Translator<AggregateRows, AggregateRows> {
  const { root, children = {}, embedded = {}, losses = [] } = declaration
  const ofRows = [
    ...root,
    ...Object.values(children).flatMap((child) => child.fields),
    ...Object.values(embedded).flat(),
  ]
  const parts = { root, children: Object.entries(children), embedded: Object.entries(embedded) }
  return {
    toService: (legacy, before) => translate(parts, 'service', { rows: legacy, before }),
    toLegacy: (service, before) => translate(parts, 'legacy', { rows: service, before }),
    losses: [...ofRows.flatMap((mapping) => mapping.losses), ...losses],
    columns: { legacy: covered(declaration, 'legacy'), service: covered(declaration, 'service') },
  }
}

/** A declaration as it is gone through for each aggregate: millions of times. */
interface Parts {
  readonly root: readonly Mapping[]
  readonly children: readonly (readonly [name: string, mapping: ChildMapping])[]
  readonly embedded: readonly (readonly [name: string, mappings: readonly Mapping[]])[]
}

interface Work {
  readonly rows: AggregateRows
  readonly before: AggregateRows | undefined
}

function translate(parts: Parts, to: Arm, { rows, before }: Work): Translation<AggregateRows> {
  const problems: TranslationProblem[] = []
  const root = carryRow(parts.root, to, { row: rows.root, before: before?.root, path: '', problems })
  const children: Record<string, readonly Row[]> = {}
  for (const [name, mapping] of parts.children) {
    children[name] = carryChildren(mapping, to, {
      name,
      rows: rows.children[name] ?? [],
      before: before?.children[name],
      problems,
    })
  }
  for (const [name, mappings] of parts.embedded) {
    const work = { name, mappings, rows, before, problems }
    if (to === 'service') children[name] = [extracted(work)]
    else Object.assign(root, merged(work))
  }
  return problems.length === 0 ? { ok: true, value: { root, children } } : { ok: false, problems }
}

interface RowWork {
  readonly row: Row
  readonly before: Row | undefined
  readonly path: string
  readonly problems: TranslationProblem[]
}

function carryRow(
  mappings: readonly Mapping[],
  to: Arm,
  { row, before, path, problems }: RowWork,
): Record<string, ColumnValue> {
  const out: Record<string, ColumnValue> = {}
  const work = { row, before, out }
  for (const mapping of mappings) {
    const reason = mapping.carry(to, work)
    if (reason === undefined) continue
    const columns = to === 'service' ? mapping.legacy : mapping.service
    problems.push({ path: `${path}${columns.join(', ')}`, reason })
  }
  return out
}

interface ChildrenWork {
  readonly name: string
  readonly rows: readonly Row[]
  readonly before: readonly Row[] | undefined
  readonly problems: TranslationProblem[]
}

function carryChildren(
  { key, fields }: ChildMapping,
  to: Arm,
  { name, rows, before, problems }: ChildrenWork,
): readonly Row[] {
  if (rows.length === 0) return rows
  const [from, into] = to === 'service' ? key : [key[1], key[0]]
  const held = before === undefined || before.length === 0 ? undefined : byKey(before, into)
  return rows.map((row, place) =>
    carryRow(fields, to, { row, before: held?.get(keyText(row, from)), path: `${name}[${place}].`, problems }),
  )
}

function byKey(rows: readonly Row[], key: ChildKey): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyText(row, key), row]))
}

function keyText(row: Row, key: ChildKey): string {
  return typeof key === 'string' ? String(row[key]) : JSON.stringify(key.map((column) => String(row[column])))
}

interface EmbeddedWork extends Work {
  readonly name: string
  readonly mappings: readonly Mapping[]
  readonly problems: TranslationProblem[]
}

function extracted({ name, mappings, rows, before, problems }: EmbeddedWork): Row {
  return carryRow(mappings, 'service', { row: rows.root, before: before?.children[name]?.[0], path: '', problems })
}

function merged({ name, mappings, rows, before, problems }: EmbeddedWork): Row {
  const [row, ...others] = rows.children[name] ?? []
  if (row !== undefined && others.length === 0) {
    return carryRow(mappings, 'legacy', { row, before: before?.root, path: `${name}[0].`, problems })
  }
  problems.push({
    path: name,
    reason: `${others.length === 0 ? 'no row' : 'more than one row'} where exactly one is expected`,
  })
  return {}
}

function covered({ root, children = {}, embedded = {} }: AggregateDeclaration, arm: Arm): CoveredColumns {
  const columns = (mappings: readonly Mapping[]) => [...new Set(mappings.flatMap((mapping) => mapping[arm]))]
  const ofChildren = Object.entries(children).map(([name, { fields }]) => [name, columns(fields)] as const)
  const ofEmbedded = Object.entries(embedded).map(([name, mappings]) => [name, columns(mappings)] as const)
  return arm === 'legacy'
    ? { root: columns([...root, ...Object.values(embedded).flat()]), children: Object.fromEntries(ofChildren) }
    : { root: columns(root), children: Object.fromEntries([...ofChildren, ...ofEmbedded]) }
}
