import type { CoveredColumns } from '../../../anti-corruption/index.ts'
import type { KeyColumns } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import type { Place } from '../../ports/database.ts'
import { notOwn } from './capture.ts'
import type { AggregateShapes } from './catalog.ts'
import { feedName, fenceLock, literal, own, ownName, quoted } from './names.ts'
import { countWriter } from './observed.ts'
import type { PostgresColumn, TableShape } from './schema.ts'
import type { Trigger } from './triggers.ts'

/** A database table with what of it a capability owns. */
interface FencedTable {
  readonly shape: TableShape
  readonly columns: readonly PostgresColumn[]
  /** The columns that put a row into an aggregate; several when the table holds two kinds of children. */
  readonly memberships: readonly KeyColumns[]
}

/**
 * The triggers of a fence. They come AFTER each row, when other triggers have had their say about it, and fire only for writes that are not
 * the sync's own and that touch an owned column: keys always are, of the others those that the translator covers, or all where it does not say.
 */
export function fenceTriggers(
  place: Place,
  shapes: AggregateShapes,
  owned: CoveredColumns | undefined,
): readonly Trigger[] {
  return fencedTables(shapes, owned).flatMap((fenced) => {
    const { shape, columns } = fenced
    const member = (row: string) => memberOf(fenced, row)
    const differs = columns.map((column) => changed(column)).join(' OR ')
    const row = { scope: 'FOR EACH ROW' }
    return [
      made(place, fenced, { ...row, event: 'AFTER INSERT', when: member('NEW') }),
      made(place, fenced, {
        ...row,
        event: 'AFTER UPDATE',
        when: `(${differs}) AND (${member('OLD')} OR ${member('NEW')})`,
      }),
      made(place, fenced, { ...row, event: 'AFTER DELETE', when: member('OLD') }),
      made(place, { ...fenced, shape }, { scope: 'FOR EACH STATEMENT', event: 'BEFORE TRUNCATE', when: 'true' }),
    ]
  })
}

function fencedTables(shapes: AggregateShapes, owned: CoveredColumns | undefined): readonly FencedTable[] {
  const byTable = new Map<string, FencedTable>()
  const add = (shape: TableShape, membership: KeyColumns, covered: readonly string[] | undefined) => {
    const earlier = byTable.get(shape.table)
    const isOwned = ({ name, generated }: PostgresColumn) =>
      !generated && (covered === undefined || covered.includes(name) || keyColumns(membership).includes(name))
    const columns = shape.columns.filter((column) => isOwned(column) || earlier?.columns.includes(column) === true)
    byTable.set(shape.table, { shape, columns, memberships: [...(earlier?.memberships ?? []), membership] })
  }
  add(shapes.root, shapes.tables.key, owned?.root)
  for (const { name, shape, key, by } of shapes.children) {
    add(shape, by, owned === undefined ? undefined : [...keyColumns(key), ...(owned.children[name] ?? [])])
  }
  return [...byTable.values()]
}

function memberOf({ memberships }: FencedTable, row: string): string {
  const present = (key: KeyColumns) =>
    keyColumns(key)
      .map((column) => `${row}.${quoted(column)} IS NOT NULL`)
      .join(' AND ')
  return `(${memberships.map((key) => `(${present(key)})`).join(' OR ')})`
}

const withoutEquality: ReadonlySet<number> = new Set([114, 142, 143, 199])

// json, xml and geometric types have no equality, or one that is another's.
function changed({ name, base, category }: PostgresColumn): string {
  const cast = withoutEquality.has(base) || category === 'G' ? '::pg_catalog.text' : ''
  return `OLD.${quoted(name)}${cast} IS DISTINCT FROM NEW.${quoted(name)}${cast}`
}

interface Firing {
  readonly event: string
  readonly scope: string
  readonly when: string
}

function made(place: Place, fenced: FencedTable, { event, scope, when }: Firing): Trigger {
  const [, operation = ''] = event.toLowerCase().split(' ')
  return {
    name: ownName('fence', feedName(place), fenced.shape.table, operation),
    table: fenced.shape.table,
    event,
    scope,
    when: `${notOwn(place)} AND ${when}`,
    declare: 'owner_now text; epoch_now bigint; mode text; touched text[];',
    body: bodyOf(place, fenced, operation),
  }
}

/**
 * The lock comes before the row is read: whoever moves the owner takes it alone, so that what is read holds until this transaction ends. With an older
 * snapshot the row is locked too: it has changed since, and the transaction fails as any that could not be serialized.
 */
function bodyOf(place: Place, fenced: FencedTable, operation: string): string {
  const { capability, arm } = place
  const read = `SELECT o.owner, o.epoch, o.fence INTO owner_now, epoch_now, mode FROM ${own('banyan_owner')} AS o WHERE o.capability = ${literal(capability)}`
  return `PERFORM pg_catalog.pg_advisory_xact_lock_shared(${fenceLock(capability)});
    IF pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN ${read} FOR KEY SHARE; ELSE ${read}; END IF;
    IF mode = 'observe' THEN touched := ${columnsOf(fenced, operation)}; ${countWriter({ capability, table: fenced.shape.table, operation })} END IF;
    IF mode IS DISTINCT FROM 'enforce' OR owner_now = ${literal(arm)} THEN RETURN NULL; END IF;
    touched := ${columnsOf(fenced, operation)};
    IF owner_now = 'moving' THEN ${raise(movingMessage(place, fenced.shape.table))}; END IF;
    ${raise(refusalMessage(place, whatOf(fenced.shape.table, operation)))};`
}

function columnsOf({ columns }: FencedTable, operation: string): string {
  const names = columns.map((column) => {
    const name = literal(column.name)
    return operation === 'update' ? `CASE WHEN ${changed(column)} THEN ${name} END` : name
  })
  return `pg_catalog.array_remove(ARRAY[${names.join(', ')}]::pg_catalog.text[], NULL)`
}

interface Message {
  readonly text: string
  readonly detail: string
  readonly hint: string
}

function raise({ text, detail, hint }: Message): string {
  return `RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = ${text}, DETAIL = ${detail}, HINT = ${literal(hint)}`
}

function whatOf(table: string, operation: string): string {
  if (operation === 'update') return `${literal(`change ${table}.`)} || touched[1]`
  return literal({ insert: `insert into ${table}`, delete: `delete from ${table}` }[operation] ?? `truncate ${table}`)
}

function refusalMessage({ capability, arm }: Place, what: string): Message {
  const remedy = `write through the edge, or move it ${arm === 'legacy' ? 'back' : 'first'}: banyan cutover ${capability} --to ${arm}`
  return {
    text: `${literal(`banyan: ${capability} is owned by `)} || owner_now || ' (epoch ' || epoch_now || '), so this database may not ' || ${what} || ${literal(`; ${remedy}`)}`,
    detail: `'columns: ' || pg_catalog.array_to_string(touched, ', ')`,
    hint: remedy,
  }
}

function movingMessage({ capability }: Place, table: string): Message {
  const remedy = 'try again in a second'
  return {
    text: `${literal(`banyan: ${capability} is moving between its owners right now (epoch `)} || epoch_now || ${literal(`), so this database may not change ${table}; ${remedy}`)}`,
    detail: `'columns: ' || pg_catalog.array_to_string(touched, ', ')`,
    hint: remedy,
  }
}
