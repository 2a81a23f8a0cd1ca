import { type Queryable, select, selectOne } from '../database/query.ts'
import type { ListWindow } from '../web/numbers.ts'

/** A product with its stock, as pages and API show it. */
export interface ProductColumns {
  readonly prod_id: number
  readonly sku: string
  readonly ttl: string
  readonly descr: string | null
  readonly prc: string
  readonly cat_cd: string
  readonly cat_nm: string
  readonly tags: string
  readonly act_flg: string
  readonly crt_dt: string
  readonly qty_oh: number
}

const columns = `p.prod_id, p.sku, p.ttl, p.descr, p.prc, p.cat_cd, c.cat_nm, p.tags, p.act_flg, p.crt_dt,
  COALESCE(i.qty_oh, 0) AS qty_oh`
const joined = 'prod p JOIN prod_cat c ON c.cat_cd = p.cat_cd LEFT JOIN inv i ON i.prod_id = p.prod_id'

/** A product, also one that has been taken off sale. */
export function readProduct(db: Queryable, id: number): Promise<ProductColumns | undefined> {
  return selectOne(db, `SELECT ${columns} FROM ${joined} WHERE p.prod_id = ?`, [id])
}

/** What narrows a list of products. */
export interface ProductFilter {
  readonly category?: string | undefined
  /** Words that title, tags or description hold; upper and lower case are the same. */
  readonly words?: string | undefined
}

/** Products on sale in key order; one more than the limit when there are more. */
export function listProducts(
  db: Queryable,
  { after, limit }: ListWindow,
  filter: ProductFilter = {},
): Promise<readonly ProductColumns[]> {
  const words = (filter.words ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 6)
  const patterns = words.map((word) => `%${word.toLowerCase().replace(/[~%_]/g, '~$&')}%`)
  const bySearch = patterns.map(
    () => "AND lower(p.ttl || ' ' || p.tags || ' ' || COALESCE(p.descr, '')) LIKE ? ESCAPE '~'",
  )
  const byCategory = filter.category === undefined ? '' : 'AND p.cat_cd = ?'
  return select(
    db,
    `SELECT ${columns} FROM ${joined}
     WHERE p.prod_id > ? AND p.act_flg = 'Y' ${byCategory} ${bySearch.join(' ')} ORDER BY p.prod_id LIMIT ?`,
    [after, ...(filter.category === undefined ? [] : [filter.category]), ...patterns, limit + 1],
  )
}

/** The name of a category, if there is one of that code. */
export async function readCategoryName(db: Queryable, code: string): Promise<string | undefined> {
  return (await selectOne<{ cat_nm: string }>(db, 'SELECT cat_nm FROM prod_cat WHERE cat_cd = ?', [code]))?.cat_nm
}

/** What sells best among the latest orders, best first; only what is on sale. */
export function listBestSellers(db: Queryable, count: number): Promise<readonly ProductColumns[]> {
  return select(
    db,
    `SELECT ${columns} FROM ${joined} JOIN (
       SELECT prod_id, SUM(qty) AS sold FROM ord_ln
       WHERE ord_id > (SELECT COALESCE(MAX(ord_id), 0) - 300 FROM ord_hdr)
       GROUP BY prod_id ORDER BY sold DESC, prod_id LIMIT ${2 * count}
     ) s ON s.prod_id = p.prod_id
     WHERE p.act_flg = 'Y' ORDER BY s.sold DESC, p.prod_id LIMIT ?`,
    [count],
  )
}
