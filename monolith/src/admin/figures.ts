import { type Queryable, select, selectOne } from '../database/query.ts'

/** A number that the back office shows first. */
export interface Figure {
  readonly name: string
  readonly value: number
}

const counted: readonly (readonly [string, string])[] = [
  ['Customers', "SELECT COUNT(*) AS cnt FROM cust WHERE del_flg = 'N'"],
  ['Products on sale', "SELECT COUNT(*) AS cnt FROM prod WHERE act_flg = 'Y'"],
  ['Products out of stock', 'SELECT COUNT(*) AS cnt FROM inv WHERE qty_oh = 0'],
  ['Orders to be packed', "SELECT COUNT(*) AS cnt FROM ord_hdr WHERE st_cd = 'A'"],
  ['Mails waiting', "SELECT COUNT(*) AS cnt FROM ml_out WHERE st_cd = 'Q'"],
  ['Sessions', 'SELECT COUNT(*) AS cnt FROM sess'],
]

/** How much there is of what matters today. */
export async function shopFigures(db: Queryable): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const [name, sql] of counted) {
    figures.push({ name, value: Number((await selectOne<{ cnt: number | string }>(db, sql))?.cnt ?? 0) })
  }
  return figures
}

/** When the nightly job ran last, newest first. */
export async function recentRuns(db: Queryable): Promise<readonly { readonly at: string; readonly changed: number }[]> {
  const rows = await select<{ st_dt: string; chg_cnt: number }>(
    db,
    'SELECT st_dt, chg_cnt FROM job_run ORDER BY run_id DESC LIMIT 5',
  )
  return rows.map((row) => ({ at: row.st_dt, changed: row.chg_cnt }))
}
