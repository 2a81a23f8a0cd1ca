import type { FastifyInstance } from 'fastify'
import { type Binding, execute } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import { addMoney, isPrice } from '../money/money.ts'
import type { Shop } from '../shop.ts'
import { localToJson } from '../time/shop-time.ts'
import { cutToWindow, keyFrom, windowFrom } from '../web/numbers.ts'
import { queryText } from '../web/query-text.ts'
import { fieldOf } from '../web/visit.ts'
import { listProducts, type ProductColumns, readProduct } from './read.ts'

interface ListQuery {
  readonly Querystring: {
    readonly after?: unknown
    readonly limit?: unknown
    readonly category?: unknown
    readonly q?: unknown
  }
}

/** The products of the JSON API. Prices are decimal strings, tags a comma list. */
export function catalogApi(api: FastifyInstance, shop: Shop): void {
  api.get<ListQuery>('/products', async (request, reply) => {
    const asked = windowFrom(request.query)
    if (!asked.ok) return reply.code(400).send({ error: asked.error })
    const rows = await listProducts(shop.db, asked.window, {
      category: queryText(request.query.category),
      words: queryText(request.query.q),
    })
    const { items, next } = cutToWindow(rows, asked.window.limit, (row) => row.prod_id)
    return { products: items.map(productJson), next }
  })

  api.get<{ Params: { id: string } }>('/products/:id', async (request, reply) => {
    const id = keyFrom(request.params.id)
    const product = id === undefined ? undefined : await readProduct(shop.db, id)
    return product ? productJson(product) : reply.code(404).send({ error: 'no such product' })
  })

  api.put<{ Params: { id: string } }>('/products/:id', async (request) => {
    const id = keyFrom(request.params.id)
    return id === undefined ? { ok: false, err: 'NO PROD' } : changeProduct(shop, id, request.body)
  })
}

async function changeProduct(
  shop: Shop,
  id: number,
  body: unknown,
): Promise<{ ok: true } | { ok: false; err: string }> {
  const [title, price, active] = [fieldOf(body, 'title'), fieldOf(body, 'price'), fieldOf(body, 'active')]
  if (price !== '' && !isPrice(price)) return { ok: false, err: 'BAD PRICE' }
  if (!['', 'Y', 'N'].includes(active)) return { ok: false, err: 'BAD FLAG' }
  const columns: Readonly<Record<string, Binding>> = {
    ...(title === '' ? {} : { ttl: title }),
    ...(price === '' ? {} : { prc: addMoney(price) }),
    ...(active === '' ? {} : { act_flg: active }),
  }
  if (Object.keys(columns).length === 0) return { ok: false, err: 'NOTHING GIVEN' }
  const assignments = Object.keys(columns).map((column) => `${column} = ?`)
  const changed = await inTransaction(shop.db, (transaction) =>
    execute(transaction, `UPDATE prod SET ${assignments.join(', ')} WHERE prod_id = ?`, [
      ...Object.values(columns),
      id,
    ]),
  )
  return changed > 0 ? { ok: true } : { ok: false, err: 'NO PROD' }
}

function productJson(product: ProductColumns) {
  return {
    id: String(product.prod_id),
    sku: product.sku,
    title: product.ttl,
    description: product.descr,
    price: product.prc,
    category: product.cat_cd,
    tags: product.tags,
    active: product.act_flg,
    inStock: product.qty_oh > 0 ? 'Y' : 'N',
    createdAt: localToJson(product.crt_dt),
  }
}
