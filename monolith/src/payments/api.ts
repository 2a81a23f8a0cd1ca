import type { FastifyInstance } from 'fastify'
import { execute, type Queryable, select, selectOne } from '../database/query.ts'
import type { Shop } from '../shop.ts'
import { localToJson } from '../time/shop-time.ts'
import { keyFrom } from '../web/numbers.ts'

interface ById {
  readonly Params: { readonly id: string }
}

/** A row of pmt; `st_cd` is A authorised, C captured, R refunded. */
interface PaymentColumns {
  readonly pmt_id: number
  readonly ord_id: number
  readonly typ_cd: string
  readonly amt: string
  readonly st_cd: string
  readonly card_l4: string | null
  readonly auth_cd: string | null
  readonly pmt_dt: string
}

const columns = 'pmt_id, ord_id, typ_cd, amt, st_cd, card_l4, auth_cd, pmt_dt'

/** The payments of the JSON API; refunding is an old endpoint and refuses with status 200. */
export function paymentsApi(api: FastifyInstance, shop: Shop): void {
  api.get<ById>('/payments/:id', async (request, reply) => {
    const id = keyFrom(request.params.id)
    const payment = id === undefined ? undefined : await readPayment(shop.db, id)
    return payment ? paymentJson(payment) : reply.code(404).send({ error: 'no such payment' })
  })

  api.get<ById>('/orders/:id/payments', async (request) => {
    const id = keyFrom(request.params.id) ?? 0
    const sql = `SELECT ${columns} FROM pmt WHERE ord_id = ? ORDER BY pmt_id`
    return { payments: (await select<PaymentColumns>(shop.db, sql, [id])).map(paymentJson) }
  })

  api.post<ById>('/payments/:id/refund', async (request) => {
    const id = keyFrom(request.params.id) ?? 0
    const sql = "UPDATE pmt SET st_cd = 'R' WHERE pmt_id = ? AND st_cd = 'C'"
    if ((await execute(shop.db, sql, [id])) > 0) return { ok: true }
    return { ok: false, err: (await readPayment(shop.db, id)) ? 'NOT CAPTURED' : 'NO PMT' }
  })
}

function readPayment(db: Queryable, id: number): Promise<PaymentColumns | undefined> {
  return selectOne(db, `SELECT ${columns} FROM pmt WHERE pmt_id = ?`, [id])
}

function paymentJson(payment: PaymentColumns) {
  return {
    id: String(payment.pmt_id),
    orderId: String(payment.ord_id),
    type: payment.typ_cd,
    amount: payment.amt,
    status: payment.st_cd,
    cardEnding: payment.card_l4,
    authorization: payment.auth_cd,
    at: localToJson(payment.pmt_dt),
  }
}
