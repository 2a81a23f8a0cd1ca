import type { FastifyInstance } from 'fastify'
import { select, selectOne } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Shop } from '../shop.ts'
import { localToJson, toLocal } from '../time/shop-time.ts'
import { keyFrom } from '../web/numbers.ts'
import { moveStock } from './stock.ts'

interface ById {
  readonly Params: { readonly id: string }
}

interface StockColumns {
  readonly prod_id: number
  readonly qty_oh: number
  readonly reord_pt: number
  readonly upd_dt: string
}

const largestCount = 10_000

/** The stock of the JSON API: of 2016, with proper status codes. */
export function inventoryApi(api: FastifyInstance, shop: Shop): void {
  api.get<ById>('/inventory/:id', async (request, reply) => {
    const stock = await readStock(shop, request.params.id)
    return stock ? stockJson(stock) : reply.code(404).send({ error: 'no such product' })
  })

  api.get<ById>('/inventory/:id/moves', async (request, reply) => {
    const stock = await readStock(shop, request.params.id)
    if (!stock) return reply.code(404).send({ error: 'no such product' })
    return { moves: await readMoves(shop, stock.prod_id) }
  })

  api.post<ById & { Body: { delta?: unknown } | null }>('/inventory/:id/count', async (request, reply) => {
    const delta = request.body?.delta
    if (typeof delta !== 'number' || !Number.isInteger(delta) || Math.abs(delta) > largestCount) {
      return reply
        .code(422)
        .send({ error: `delta must be a whole number between -${largestCount} and ${largestCount}` })
    }
    const stock = await readStock(shop, request.params.id)
    if (!stock) return reply.code(404).send({ error: 'no such product' })
    const move = { productId: stock.prod_id, quantity: delta, reason: 'CNT' as const, at: toLocal(shop.now()) }
    const moved = await inTransaction(shop.db, (transaction) => moveStock(transaction, move))
    return moved ? reply.code(201).send({ moved: delta }) : reply.code(409).send({ error: 'not enough on hand' })
  })
}

async function readStock(shop: Shop, param: string): Promise<StockColumns | undefined> {
  const id = keyFrom(param)
  if (id === undefined) return undefined
  return selectOne(shop.db, 'SELECT prod_id, qty_oh, reord_pt, upd_dt FROM inv WHERE prod_id = ?', [id])
}

async function readMoves(shop: Shop, productId: number) {
  const rows = await select<{ mv_id: number; qty: number; rsn_cd: string; ord_id: number | null; mv_dt: string }>(
    shop.db,
    'SELECT mv_id, qty, rsn_cd, ord_id, mv_dt FROM inv_mv WHERE prod_id = ? ORDER BY mv_id DESC LIMIT 50',
    [productId],
  )
  return rows.map((row) => ({
    id: String(row.mv_id),
    quantity: row.qty,
    reason: row.rsn_cd,
    orderId: row.ord_id === null ? null : String(row.ord_id),
    at: localToJson(row.mv_dt),
  }))
}

function stockJson(stock: StockColumns) {
  return {
    productId: String(stock.prod_id),
    onHand: stock.qty_oh,
    reorderPoint: stock.reord_pt,
    updatedAt: localToJson(stock.upd_dt),
  }
}
