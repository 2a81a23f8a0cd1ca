import { type Queryable, select, selectOne } from '../database/query.ts'
import { type Money, moneyOf } from '../money/money.ts'

/** Money is text in the database; a report adds it up as whole cents. */
function cents(column: string): string {
  return `CAST(REPLACE(${column}, '.', '') AS BIGINT)`
}

/** What was sold of a category to a state. */
export interface CategorySales {
  readonly category: string
  readonly state: string
  readonly orders: number
  readonly customers: number
  readonly total: Money
}

/** Paid sales of a year by category and the customer's state, largest first: six database tables in one statement. */
export async function salesByCategory(db: Queryable, year: string, limit = 50): Promise<readonly CategorySales[]> {
  const rows = await select<{ cat_nm: string; st: string; ords: number; custs: number; total: number | string }>(
    db,
    `SELECT pc.cat_nm, COALESCE(a.st, '') AS st, COUNT(DISTINCT h.ord_id) AS ords, COUNT(DISTINCT h.cust_id) AS custs,
       SUM(${cents('l.amt')}) AS total
     FROM ord_hdr h
     JOIN ord_ln l ON l.ord_id = h.ord_id
     JOIN prod p ON p.prod_id = l.prod_id
     JOIN prod_cat pc ON pc.cat_cd = p.cat_cd
     JOIN pmt m ON m.ord_id = h.ord_id AND m.st_cd IN ('A', 'C')
     LEFT JOIN cust_addr a ON a.cust_id = h.cust_id AND a.typ_cd = 'B' AND a.dflt_flg = 'Y'
     WHERE substr(h.ord_dt, 7, 4) = ? AND h.st_cd <> 'X'
     GROUP BY pc.cat_nm, COALESCE(a.st, '') ORDER BY total DESC, pc.cat_nm, st LIMIT ?`,
    [year, limit],
  )
  return rows.map((row) => ({
    category: row.cat_nm,
    state: row.st,
    orders: Number(row.ords),
    customers: Number(row.custs),
    total: moneyOf(row.total),
  }))
}

/** The sales of a month, `2025-06`. */
export interface MonthlySales {
  readonly month: string
  readonly orders: number
  readonly total: Money
}

/** Sales month by month of one year; the month is cut out of the local date's text. */
export async function salesByMonth(db: Queryable, year: string): Promise<readonly MonthlySales[]> {
  const rows = await select<{ mon: string; ords: number; total: number | string }>(
    db,
    `SELECT substr(ord_dt, 1, 2) AS mon, COUNT(*) AS ords, SUM(${cents('tot_amt')}) AS total
     FROM ord_hdr WHERE substr(ord_dt, 7, 4) = ? AND st_cd <> 'X' GROUP BY substr(ord_dt, 1, 2) ORDER BY mon`,
    [year],
  )
  return rows.map((row) => ({ month: `${year}-${row.mon}`, orders: Number(row.ords), total: moneyOf(row.total) }))
}

/** The year of the newest order; undefined when there is none. */
export async function newestSalesYear(db: Queryable): Promise<string | undefined> {
  const newest = await selectOne<{ yr: string }>(
    db,
    'SELECT substr(ord_dt, 7, 4) AS yr FROM ord_hdr ORDER BY ord_id DESC LIMIT 1',
  )
  return newest?.yr
}

/** A customer and what they have spent. */
export interface TopCustomer {
  readonly id: string
  readonly name: string
  readonly tier: string | null
  readonly lastOrder: string | null
  readonly total: Money
}

/** Who has spent most over the years. */
export async function topCustomers(db: Queryable, count: number): Promise<readonly TopCustomer[]> {
  const rows = await select<{
    cust_id: number
    nm: string
    loy_tier: string | null
    lst_ord_dt: string | null
    total: number | string
  }>(
    db,
    `SELECT c.cust_id, c.nm, c.loy_tier, c.lst_ord_dt, s.total FROM cust c JOIN (
       SELECT cust_id, SUM(${cents('tot_amt')}) AS total FROM ord_hdr WHERE st_cd <> 'X' GROUP BY cust_id
     ) s ON s.cust_id = c.cust_id
     WHERE c.del_flg = 'N' ORDER BY s.total DESC, c.cust_id LIMIT ?`,
    [count],
  )
  return rows.map((row) => ({
    id: String(row.cust_id),
    name: row.nm,
    tier: row.loy_tier,
    lastOrder: row.lst_ord_dt,
    total: moneyOf(row.total),
  }))
}

/** How many customers are in a status and tier. */
export interface CustomerCount {
  readonly status: string
  readonly tier: string | null
  readonly count: number
}

/** Customers by status and loyalty tier, deleted ones left out. */
export async function customerCounts(db: Queryable): Promise<readonly CustomerCount[]> {
  const rows = await select<{ st_cd: string; loy_tier: string | null; cnt: number }>(
    db,
    `SELECT st_cd, loy_tier, COUNT(*) AS cnt FROM cust WHERE del_flg = 'N'
     GROUP BY st_cd, loy_tier ORDER BY st_cd, COALESCE(loy_tier, '')`,
  )
  return rows.map((row) => ({ status: row.st_cd, tier: row.loy_tier, count: Number(row.cnt) }))
}
