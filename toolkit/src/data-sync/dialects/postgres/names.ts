import { createHash } from 'node:crypto'
import { exitCodes, Fault } from '../../../base/index.ts'
import type { Place } from '../../ports/database.ts'

/** The schema of the sync's own tables, and of database tables that are named without one. */
export const ownSchema = 'public'

/** The longest identifier that PostgreSQL keeps; longer ones it cuts off without a word. */
const longestName = 63

/** An identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in SQL, whatever standard_conforming_strings says. */
export function literal(text: string): string {
  const body = text.replaceAll("'", "''")
  return body.includes('\\') ? `E'${body.replaceAll('\\', '\\\\')}'` : `'${body}'`
}

/** One of the sync's own tables or functions, with its schema. */
export function own(name: string): string {
  return `${ownSchema}.${quoted(name)}`
}

/**
 * A database table as SQL names it: `cust` is `"public"."cust"`, `crm.Cust` is `"crm"."Cust"`; casing is as in the catalog.
 * A part with a dot in it stands in double quotes.
 */
export function tableName(table: string): string {
  const { schema, name } = splitTable(table)
  return `${quoted(schema)}.${quoted(name)}`
}

/** Schema and name of a database table. Throws `sync-table-invalid`. */
export function splitTable(table: string): { readonly schema: string; readonly name: string } {
  const match = /^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$/.exec(table)
  if (match?.[2] === undefined)
    throw new Fault('sync-table-invalid', `"${table}" names no database table`, {
      hint: 'write table or schema.table; a name with a dot in it stands in double quotes',
      exitCode: exitCodes.invalidConfig,
    })
  return { schema: bare(match[1] ?? ownSchema), name: bare(match[2]) }
}

function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** A name of the sync's own, short enough for PostgreSQL: a long one ends in the hash of the whole. */
export function ownName(...parts: readonly string[]): string {
  const name = ['banyan', ...parts].join('_')
  if (Buffer.byteLength(name) <= longestName) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10)
  return `${Buffer.from(name)
    .subarray(0, longestName - 12)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}_${hash}`
}

/** The name of a feed. */
export function feedName(place: Place): string {
  return `${place.capability}_${place.arm}`
}

/** The key of an advisory lock: 64 bits that all processes compute alike. */
export function lockKey(purpose: string): string {
  return String(createHash('sha256').update(`banyan ${purpose}`).digest().readBigInt64BE())
}

/** The key of the lock that writers and the sync's own saves share, and that whoever moves the ownership takes alone. */
export function fenceLock(capability: string): string {
  return lockKey(`fence ${capability}`)
}
