import type { ColumnValue, CoveredColumns } from '../../anti-corruption/index.ts'
import type { AggregateTables } from '../capability.ts'
import type { ChangeFeed } from './feed.ts'
import type { IdStore } from './ids.ts'
import type { OwnerStore } from './owner.ts'
import type { AggregateReader } from './reader.ts'
import type { SyncTarget } from './target.ts'

/**
 * A database as the sync engine sees it: the port that a dialect implements. The engine knows no SQL.
 *
 * Every function throws a `Fault` for what an operator can mend: `sync-database-busy` (locked past the bound),
 * `sync-database-down` (unreachable, read-only, out of disk), `sync-schema-differs`, `sync-database-damaged`.
 */
export interface SyncDatabase {
  /** The database for messages, without secrets: `sqlite:/path/to/shop.db`. */
  readonly label: string
  readonly dialect: 'sqlite' | 'postgres'
  /** Column names of a database table, or undefined when there is no such table. */
  columnsOf(table: string): Promise<readonly string[] | undefined>
  /** The change feed of an aggregate in this database. */
  feed(place: Place, tables: AggregateTables): ChangeFeed
  reader(tables: AggregateTables): AggregateReader
  /** This database as the side that is written. */
  target(place: Place, tables: AggregateTables): SyncTarget
  /** Ownership and fence of a capability here; `owned` are the columns that its translator covers, undefined: all columns. */
  owners(place: Place, tables: AggregateTables, owned: CoveredColumns | undefined): OwnerStore
  ids(tables: AggregateTables): IdStore
  /** The rows of one read-only SELECT, as arrays; for declared totals. Throws `sync-total-invalid` with the database's words. */
  select(sql: string): Promise<readonly (readonly ColumnValue[])[]>
  close(): Promise<void>
}

/** Which capability's data, and on which arm: what the names of the sync's own tables and triggers are made of. */
export interface Place {
  readonly capability: string
  readonly arm: 'legacy' | 'service'
}
