import path from 'node:path'
import Database from 'better-sqlite3'
import { openDatabase } from '../../extracted-services/users/src/database/open.ts'
import { connect } from '../../monolith/src/database/connect.ts'
import { seedDatabase } from '../../monolith/src/seed/seed.ts'

/** Both databases of the demo, one full and one empty. */
export interface BenchDatabases {
  readonly legacy: string
  readonly service: string
  readonly customers: number
  readonly addresses: number
}

/** Makes both in a folder: the seeded shop with its customers and addresses multiplied, and a users database without users. */
export async function makeDatabases(folder: string, customers: number): Promise<BenchDatabases> {
  const paths = { legacy: path.join(folder, 'monolith.sqlite'), service: path.join(folder, 'users.sqlite') }
  const db = connect(paths.legacy)
  await seedDatabase(db, 1)
  await db.destroy()
  const legacy = new Database(paths.legacy)
  multiply(legacy, customers)
  const count = (table: string) => Number(legacy.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  const counts = { customers: count('cust'), addresses: count('cust_addr') }
  legacy.pragma('wal_checkpoint(TRUNCATE)')
  legacy.close()
  await (await openDatabase(paths.service)).db.destroy()
  return { ...paths, ...counts }
}

const customerColumns =
  'nm, pwd_hash, pwd_salt, ph, st_cd, nl_flg, intrsts, loy_tier, crt_dt, upd_dt, lst_ord_dt, lst_seen_dt, del_flg, crd_lim'
const addressColumns = 'typ_cd, ln1, ln2, city, st, zip, ctry, dflt_flg'

// Copy number n of customer c is customer n * 100 000 + c, with an e-mail address of its own.
function multiply(legacy: Database.Database, customers: number): void {
  legacy.exec(`
    BEGIN;
    CREATE TEMP TABLE copies AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.ceil(customers / 2000) - 1}) SELECT i FROM n;
    INSERT INTO cust (cust_id, email, ${customerColumns})
      SELECT i * 100000 + cust_id, i || '.' || email, ${customerColumns} FROM copies, (SELECT * FROM cust) ORDER BY 1;
    INSERT INTO cust_addr (addr_id, cust_id, ${addressColumns})
      SELECT i * 100000 + addr_id, i * 100000 + cust_id, ${addressColumns} FROM copies, (SELECT * FROM cust_addr) ORDER BY 1;
    COMMIT;
  `)
}

/** How long SQLite itself needs for the same columns, without a translator, a feed or a checkpoint: the floor, in ms. */
export function copyOverAttach({ legacy, service }: BenchDatabases): number {
  const floor = new Database(`${service}.floor`)
  floor.pragma('journal_mode = WAL')
  floor.pragma('synchronous = FULL')
  floor.exec(`
    ATTACH '${legacy}' AS shop;
    CREATE TABLE users (id INTEGER PRIMARY KEY, email, nm, st, nl, intr, ph, tier, crt, upd, del);
    CREATE UNIQUE INDEX users_email ON users (lower(email));
    CREATE TABLE credentials (id INTEGER PRIMARY KEY, hash, salt);
    CREATE TABLE addresses (id INTEGER PRIMARY KEY, user_id, ${addressColumns});
    CREATE INDEX addresses_user ON addresses (user_id);
  `)
  const started = performance.now()
  floor.exec(`
    BEGIN;
    INSERT INTO users SELECT cust_id, email, nm, st_cd, nl_flg, intrsts, ph, loy_tier, crt_dt, upd_dt, del_flg FROM shop.cust ORDER BY cust_id;
    INSERT INTO credentials SELECT cust_id, pwd_hash, pwd_salt FROM shop.cust ORDER BY cust_id;
    INSERT INTO addresses SELECT addr_id, cust_id, ${addressColumns} FROM shop.cust_addr ORDER BY addr_id;
    COMMIT;
  `)
  const tookMs = performance.now() - started
  floor.close()
  return tookMs
}

/** One statement that changes every tenth customer, as the nightly job does; how long it took, in ms. */
export function updateTenth({ legacy }: BenchDatabases): number {
  const shop = new Database(legacy)
  const started = performance.now()
  shop.exec(`UPDATE cust SET loy_tier = CASE loy_tier WHEN 'GOLD' THEN 'SILVER' ELSE 'GOLD' END WHERE cust_id % 10 = 0`)
  const tookMs = performance.now() - started
  shop.close()
  return tookMs
}
