import { type Binding, isSqlite, select } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'
import type { LineRow, NewOrderRows, OrderRow, OrderRows, StatusRow } from './rows.ts'

/** Which orders a page holds: those above `after`, in order of id. */
export interface PageRequest {
  readonly after: number
  readonly limit: number
  /** Only this user's. */
  readonly userId?: number | undefined
}

/** The order with this id; with `forUpdate`, locked until the transaction ends. */
export async function findOrder(
  db: Knex,
  id: number,
  { forUpdate = false }: { readonly forUpdate?: boolean } = {},
): Promise<OrderRows | undefined> {
  const lock = forUpdate && !isSqlite(db) ? 'for update' : ''
  return (await withChildren(db, await loadRoots(db, `where id = ? ${lock}`, [id])))[0]
}

/** One page of orders. */
export async function pageOfOrders(db: Knex, request: PageRequest): Promise<readonly OrderRows[]> {
  return await withChildren(db, await pageOfOrderRoots(db, request))
}

/** One page of orders, without what belongs to them. */
export async function pageOfOrderRoots(db: Knex, { after, limit, userId }: PageRequest): Promise<readonly OrderRow[]> {
  const byUser = userId === undefined ? '' : 'and user_id = ?'
  const bindings = userId === undefined ? [after, limit] : [after, userId, limit]
  return await loadRoots(db, `where id > ? ${byUser} order by id limit ?`, bindings)
}

/** Stores a new order and returns its id. */
export async function insertOrder(tx: Knex.Transaction, { root, children }: NewOrderRows): Promise<number> {
  const [stored] = await tx<OrderRow>('orders').insert(root).returning('id')
  if (stored === undefined) throw new Error('the database gave no id')
  const ofOrder = { order_id: stored.id }
  await tx('order_lines').insert(children.lines.map((line) => ({ ...line, ...ofOrder })))
  await tx('order_status_history').insert(children.history.map((step) => ({ ...step, ...ofOrder })))
  return stored.id
}

/** Gives an order another status, and writes down when. */
export async function changeStatus(
  tx: Knex.Transaction,
  { root, children }: OrderRows,
  { status, at }: { readonly status: string; readonly at: string },
): Promise<void> {
  const seq = (children.history.at(-1)?.seq ?? 0) + 1
  await tx<OrderRow>('orders').where({ id: root.id }).update({ status })
  await tx<StatusRow>('order_status_history').insert({ order_id: root.id, seq, status, changed_at: at })
}

async function loadRoots(db: Knex, where: string, bindings: readonly Binding[]): Promise<readonly OrderRow[]> {
  const rows = await select<OrderRow>(db, `select * from orders ${where}`, bindings)
  return rows.map((row) => ({
    ...row,
    goods_cents: Number(row.goods_cents),
    shipping_cents: Number(row.shipping_cents),
    tax_cents: Number(row.tax_cents),
    total_cents: Number(row.total_cents),
  }))
}

async function withChildren(db: Knex, roots: readonly OrderRow[]): Promise<readonly OrderRows[]> {
  if (roots.length === 0) return []
  const ids = roots.map(({ id }) => id)
  const where = `where order_id in (${ids.map(() => '?').join(', ')}) order by order_id`
  const lines = await select<LineRow>(db, `select * from order_lines ${where}, line_no`, ids)
  const history = await select<StatusRow>(db, `select * from order_status_history ${where}, seq`, ids)
  return roots.map((root) => ({
    root,
    children: {
      lines: lines.filter(({ order_id }) => order_id === root.id).map(lineOf),
      history: history.filter(({ order_id }) => order_id === root.id),
    },
  }))
}

// PostgreSQL's driver gives a bigint as text; the amounts of the shop are far below 2^53.
function lineOf(row: LineRow): LineRow {
  return { ...row, unit_price_cents: Number(row.unit_price_cents), amount_cents: Number(row.amount_cents) }
}
