import { createHash } from 'node:crypto'
import { literal, own, quoted, tableName } from './names.ts'
import type { PostgresSession } from './session.ts'

/** A trigger as it is wanted: it has a function of its own, of the same name. */
export interface Trigger {
  readonly name: string
  readonly table: string
  /** `AFTER INSERT` */
  readonly event: string
  /** What follows the table: `REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT`. */
  readonly scope: string
  /** Fires only then. */
  readonly when: string
  /** The statements of the function between BEGIN and END, in PL/pgSQL. */
  readonly body: string
  /** Declarations of the function, each with its semicolon. */
  readonly declare?: string
  /** Settings of the function beside its search path: `SET TimeZone = 'UTC'`. */
  readonly settings?: string
}

/** Whether exactly these triggers are there, as they should be, and enabled. `owner` says whose they are: `feed users_legacy`. */
export async function areInstalled(
  session: PostgresSession,
  owner: string,
  wanted: readonly Trigger[],
): Promise<boolean> {
  const present = new Set(
    (await session.rows(presentSql, markOf(owner))).filter(([, , enabled]) => enabled !== 'D').map(([mark]) => mark),
  )
  return present.size === wanted.length && wanted.every((trigger) => present.has(signature(owner, trigger)))
}

/** Makes the triggers of an owner those that are wanted. Locks the tables; to be called where locks are waited for only briefly. */
export async function installTriggers(
  session: PostgresSession,
  owner: string,
  wanted: readonly Trigger[],
): Promise<void> {
  const tables = [...new Set(wanted.map(({ table }) => tableName(table)))]
  // First, so that no writer is open who does not fire them: what is written from now on is seen.
  if (tables.length > 0) await session.exec(`LOCK TABLE ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`)
  await dropTriggers(session, owner)
  await session.exec(wanted.map((trigger) => createSql(owner, trigger)).join(';\n'))
}

/** Takes away all triggers of an owner, with their functions. */
export async function dropTriggers(session: PostgresSession, owner: string): Promise<void> {
  const present = await session.rows(presentSql, markOf(owner))
  for (const [, name, , table] of present) await session.exec(`DROP TRIGGER ${quoted(String(name))} ON ${table}`)
  const functions = present.map(([, , , , definition]) => `DROP FUNCTION IF EXISTS ${definition}`)
  if (functions.length > 0) await session.exec(functions.join(';'))
}

// Found by their comment: names are cut off at 63 bytes, and a table may have been renamed.
const presentSql = `
  SELECT d.description, t.tgname, t.tgenabled, t.tgrelid::pg_catalog.regclass, t.tgfoid::pg_catalog.regprocedure
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objoid = t.oid
  WHERE pg_catalog.starts_with(d.description, $1)`

function markOf(owner: string): string {
  return `banyan ${owner} `
}

function signature(owner: string, trigger: Trigger): string {
  const hash = createHash('sha256').update(definition(trigger)).digest('hex').slice(0, 16)
  return `${markOf(owner)}${hash}`
}

function createSql(owner: string, trigger: Trigger): string {
  const comment = `COMMENT ON TRIGGER ${quoted(trigger.name)} ON ${tableName(trigger.table)} IS ${literal(signature(owner, trigger))}`
  return `${definition(trigger)};${comment}`
}

// SECURITY DEFINER: the application's role need not know of the sync's own tables.
function definition({ name, table, event, scope, when, body, declare = '', settings = '' }: Trigger): string {
  return `CREATE OR REPLACE FUNCTION ${own(name)}() RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp ${settings} AS ${literal(`${declare === '' ? '' : `DECLARE ${declare} `}BEGIN ${body} END`)};
CREATE TRIGGER ${quoted(name)} ${event} ON ${tableName(table)} ${scope} WHEN (${when}) EXECUTE FUNCTION ${own(name)}()`
}
