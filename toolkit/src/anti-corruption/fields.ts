import { type ColumnValue, type Row, sameColumn } from './aggregate-rows.ts'
import { type Codec, Refusal } from './codec.ts'
import { same } from './codecs.ts'
import type { Loss } from './translator.ts'

/** The arm that a row is translated to. */
export type Arm = 'legacy' | 'service'

/** A row on its way. */
export interface RowInWork {
  readonly row: Row
  /** What the other side holds now. */
  readonly before: Row | undefined
  /** Receives the columns of the other side. */
  readonly out: Record<string, ColumnValue>
}

/** Some columns of a legacy row, and those of a service row that say the same. */
export interface Mapping {
  readonly legacy: readonly string[]
  readonly service: readonly string[]
  readonly losses: readonly Loss[]
  /** Writes the columns of `to`; returns why it cannot. */
  carry(to: Arm, work: RowInWork): string | undefined
}

/** A form of several values at once. */
export type TupleCodec = Codec<readonly ColumnValue[], readonly ColumnValue[]>

/**
 * One column on each side. A value that still says the same as what `before` holds leaves it as it is, so that nothing is lost
 * that the other side cannot express: this alone makes both laws of a translator hold, whatever the codec.
 *
 * @example field('st_cd', 'status', codes([['A', 'active'], ['S', 'suspended']]))
 */
export function field(legacy: string, service: string = legacy, codec: Codec = same): Mapping {
  const toService = carryColumn(legacy, service, { forth: codec.toService, back: codec.toLegacy })
  const toLegacy = carryColumn(service, legacy, { forth: codec.toLegacy, back: codec.toService })
  return {
    legacy: [legacy],
    service: [service],
    losses: lossesAt(service, codec.losses),
    carry: (to, work) => (to === 'service' ? toService(work) : toLegacy(work)),
  }
}

function carryColumn(
  from: string,
  into: string,
  { forth, back }: { readonly forth: Codec['toService']; readonly back: Codec['toService'] },
): (work: RowInWork) => string | undefined {
  return ({ row, before, out }) => {
    const value = row[from]
    if (value === undefined) return 'the column is missing'
    const held = before?.[into]
    if (held !== undefined && saysTheSame(back(held), value)) {
      out[into] = held
      return undefined
    }
    const made = forth(value)
    if (made instanceof Refusal) return made.reason
    out[into] = made
    return undefined
  }
}

function saysTheSame(projected: ColumnValue | Refusal, value: ColumnValue): boolean {
  return !(projected instanceof Refusal) && sameColumn(projected, value)
}

/**
 * Several columns that say one thing together, in either model. They are kept together, too: see `field`.
 *
 * @example fields(['nm'], ['first_name', 'last_name'], lastFirstName())
 */
export function fields(legacy: readonly string[], service: readonly string[], codec: TupleCodec): Mapping {
  const toService = carryColumns(legacy, service, { forth: codec.toService, back: codec.toLegacy })
  const toLegacy = carryColumns(service, legacy, { forth: codec.toLegacy, back: codec.toService })
  return {
    legacy,
    service,
    losses: lossesAt(service.join(', '), codec.losses),
    carry: (to, work) => (to === 'service' ? toService(work) : toLegacy(work)),
  }
}

function carryColumns(
  from: readonly string[],
  into: readonly string[],
  { forth, back }: { readonly forth: TupleCodec['toService']; readonly back: TupleCodec['toService'] },
): (work: RowInWork) => string | undefined {
  return ({ row, before, out }) => {
    const values = present(row, from)
    if (values === undefined) return `one of the columns ${from.join(', ')} is missing`
    const held = before === undefined ? undefined : present(before, into)
    const projected = held === undefined ? undefined : back(held)
    const kept = projected !== undefined && !(projected instanceof Refusal) && sameTuple(projected, values)
    const made = kept && held !== undefined ? held : forth(values)
    if (made instanceof Refusal) return made.reason
    for (const [place, column] of into.entries()) out[column] = made[place] ?? null
    return undefined
  }
}

function present(row: Row, columns: readonly string[]): readonly ColumnValue[] | undefined {
  const values = columns.map((column) => row[column]).filter((value) => value !== undefined)
  return values.length === columns.length ? values : undefined
}

function sameTuple(a: readonly ColumnValue[], b: readonly ColumnValue[]): boolean {
  return a.length === b.length && a.every((value, place) => sameColumn(value, b[place]))
}

/** A column that the service copies but does not own: it goes to the service, and never back. */
export function copied(legacy: string, service: string = legacy, codec: Codec = same): Mapping {
  const both = field(legacy, service, codec)
  return { ...both, carry: (to, work) => (to === 'service' ? both.carry(to, work) : undefined) }
}

/** Values for columns that the mapping does not cover, written when a row is new on that side and left alone ever after. */
export function onInsert(arm: Arm, values: Row): Mapping {
  const columns = Object.keys(values)
  return {
    legacy: arm === 'legacy' ? columns : [],
    service: arm === 'service' ? columns : [],
    losses: [],
    carry: (to, { before, out }) => {
      if (to === arm && before === undefined) Object.assign(out, values)
      return undefined
    },
  }
}

function lossesAt(column: string, losses: readonly Loss[] | undefined): readonly Loss[] {
  return (losses ?? []).map((loss) => ({ ...loss, path: loss.path === '' ? column : `${column}.${loss.path}` }))
}
