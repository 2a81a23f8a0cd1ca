import type { Knex } from 'knex'
import { execute, selectOne } from './query.ts'
import { schemaVersion, statusHistory } from './schema.ts'
import { inTransaction } from './transaction.ts'

/** The version that can be brought up to date: the last one without a status history of orders. */
const versionBefore = '7'

/**
 * Brings a shop's database of the version before up to date: its orders get the history that their dates tell. Returns whether the
 * database is of this version now; one of any other version is left as it is.
 */
export function upgrade(db: Knex): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    // Locks the row on PostgreSQL: of two processes that start together one waits here.
    await execute(transaction, "UPDATE shop_inf SET v = v WHERE k = 'schema'")
    const version = await selectOne<{ v: string }>(transaction, "SELECT v FROM shop_inf WHERE k = 'schema'")
    if (version?.v === schemaVersion) return true
    if (version?.v !== versionBefore) return false
    for (const statement of [statusHistory, ...histories]) await execute(transaction, statement)
    await execute(transaction, "UPDATE shop_inf SET v = ? WHERE k = 'schema'", [schemaVersion])
    return true
  })
}

/** When an order was cancelled was never written down: the moment that it was placed stands for it. */
const histories = [
  "INSERT INTO ord_st (ord_id, seq, st_cd, chg_dt) SELECT ord_id, 1, 'A', ord_dt FROM ord_hdr",
  "INSERT INTO ord_st (ord_id, seq, st_cd, chg_dt) SELECT ord_id, 2, 'X', ord_dt FROM ord_hdr WHERE st_cd = 'X'",
  ...[
    { seq: 2, code: 'S', column: 'shp_dt', statuses: "'S', 'D'" },
    { seq: 3, code: 'D', column: 'dlv_dt', statuses: "'D'" },
  ].map(
    ({ seq, code, column, statuses }) =>
      `INSERT INTO ord_st (ord_id, seq, st_cd, chg_dt)
       SELECT h.ord_id, ${seq}, '${code}', COALESCE(s.${column}, h.ord_dt)
       FROM ord_hdr h LEFT JOIN shpmt s ON s.shp_id = (SELECT MIN(shp_id) FROM shpmt WHERE ord_id = h.ord_id)
       WHERE h.st_cd IN (${statuses})`,
  ),
]
