import type { FastifyInstance } from 'fastify'
import type { Shop } from '../shop.ts'
import { localToJson, toLocal } from '../time/shop-time.ts'
import { cutToWindow, windowFrom } from '../web/numbers.ts'
import { queryText } from '../web/query-text.ts'
import { flushMails, listMails } from './outbox.ts'

interface ListQuery {
  readonly Querystring: { readonly after?: unknown; readonly limit?: unknown; readonly status?: unknown }
}

/** The mail outbox of the JSON API. */
export function notificationsApi(api: FastifyInstance, shop: Shop): void {
  api.get<ListQuery>('/mails', async (request, reply) => {
    const asked = windowFrom(request.query)
    if (!asked.ok) return reply.code(400).send({ error: asked.error })
    const rows = await listMails(shop.db, asked.window, queryText(request.query.status))
    const { items, next } = cutToWindow(rows, asked.window.limit, (row) => row.ml_id)
    const mails = items.map((row) => ({
      id: String(row.ml_id),
      to: row.to_addr,
      subject: row.subj,
      status: row.st_cd,
      queuedAt: localToJson(row.crt_dt),
      sentAt: localToJson(row.snt_dt),
    }))
    return { mails, next }
  })

  api.post('/mails/flush', async () => ({ ok: true, sent: await flushMails(shop.db, toLocal(shop.now())) }))
}
