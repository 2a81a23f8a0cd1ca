import assert from 'node:assert/strict'
import { type AggregateTables, tables } from '../../capability.ts'
import type { Place, SyncDatabase } from '../../ports/database.ts'
import type { Lease } from '../../ports/lease.ts'
import type { SyncTarget } from '../../ports/target.ts'

/** A connection of the application's side: it knows nothing of the sync. A statement that the database refuses rejects with the database's words. */
export interface LabConnection {
  /** Runs statements, also BEGIN and COMMIT. */
  run(sql: string): Promise<void>
  rows(sql: string): Promise<readonly (readonly unknown[])[]>
}

/** An empty database that was made for one promise. */
export interface LabDatabase {
  readonly sync: SyncDatabase
  /** One more connection of the application; several can have transactions open at once. */
  connect(): Promise<LabConnection>
}

/** How the dialect spells what SQL does not spell alike. */
export interface LabWords {
  /** An integer primary key that the database fills: `INTEGER PRIMARY KEY AUTOINCREMENT`. */
  readonly id: string
  /** An integer of 64 bits. */
  readonly bigint: string
  /** Text, compared byte by byte. */
  readonly text: string
  readonly uuid: string
  /** An exact number of 40 digits that reads as text. */
  readonly decimal: string
  /** A JSON document that reads as text. */
  readonly json: string
  readonly bytes: string
  /** The literal of bytes, given in hexadecimal. */
  bytesOf(hex: string): string
}

/** What a dialect brings to have its promises tested. It closes what it opened, after each promise. */
export interface DialectLab {
  readonly words: LabWords
  /** Whether it knows INSERT OR REPLACE, which deletes rows in its way. */
  readonly replaces: boolean
  database(): Promise<LabDatabase>
}

/** Something that every dialect promises, as a sentence; `run` throws an AssertionError where it is not so. */
export interface DialectPromise {
  readonly name: string
  run(lab: DialectLab): Promise<void>
}

/** Customers with addresses: most promises are tested on them. */
export const customers: AggregateTables = tables({
  root: 'cust',
  key: 'id',
  children: { addresses: { table: 'addr', key: 'id', by: 'cust_id' } },
})

/** The capability of most promises, on the arm that is the source. */
export const legacy: Place = { capability: 'users', arm: 'legacy' }
/** The same on the arm that is the target. */
export const service: Place = { capability: 'users', arm: 'service' }

/** A database with the tables of `customers`, and a connection of the application. */
export async function arrangeCustomers(lab: DialectLab): Promise<LabDatabase & { readonly app: LabConnection }> {
  const { id, bigint, text } = lab.words
  return await arrange(
    lab,
    `CREATE TABLE cust (id ${id}, name ${text}, email ${text} UNIQUE, tier ${text} NOT NULL DEFAULT 'basic', last_order ${text},
       loud ${text} GENERATED ALWAYS AS (upper(name)) STORED);
     CREATE TABLE addr (id ${id}, cust_id ${bigint} REFERENCES cust (id) ON DELETE CASCADE ON UPDATE CASCADE, line ${text});
     INSERT INTO cust (id, name, email) VALUES (1, 'Ada', 'ada@x'), (2, 'Bob', 'bob@x'), (3, 'Cid', 'cid@x');
     INSERT INTO addr (id, cust_id, line) VALUES (10, 1, 'first'), (20, 2, 'second'), (21, 2, 'third'), (90, NULL, 'nobody');`,
  )
}

/** A database with this schema, and a connection of the application. */
export async function arrange(lab: DialectLab, schema: string): Promise<LabDatabase & { readonly app: LabConnection }> {
  const database = await lab.database()
  const app = await database.connect()
  await app.run(schema)
  return { ...database, app }
}

/** Takes the lease of a job whose state tables it prepares. */
export async function takeLease(target: SyncTarget, holder = 'worker', now = Date.now()): Promise<Lease> {
  await target.prepare()
  const lease = await target.leases.acquire({ holder, process: undefined, now, leaseMs: 60_000 })
  assert.ok(!('heldBy' in lease), 'the lease is free')
  return lease
}

/** Asserts that `work` rejects with a fault of this code, or with words that match. */
export async function refuses(work: Promise<unknown>, expected: string | RegExp): Promise<void> {
  await assert.rejects(work, (thrown: unknown) => {
    assert.ok(thrown instanceof Error)
    if (typeof expected === 'string') assert.equal('code' in thrown ? thrown.code : undefined, expected, thrown.message)
    else assert.match(thrown.message, expected)
    return true
  })
}
