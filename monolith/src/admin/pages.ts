import type { FastifyInstance } from 'fastify'
import type { FindClient } from '../auth/api-clients.ts'
import { rateLoyalty } from '../jobs/loyalty.ts'
import type { Shop } from '../shop.ts'
import { html } from '../web/html.ts'
import { sendPage } from '../web/visit.ts'
import { recentRuns, shopFigures } from './figures.ts'
import { staffVisitor } from './staff.ts'

/** The back office: figures, and the nightly job by hand. For staff; the job also for API keys. */
export function adminPages(app: FastifyInstance, shop: Shop, findClient: FindClient): void {
  app.get('/admin', async (request, reply) => {
    const visitor = await staffVisitor(shop, request, reply)
    if (!visitor) return reply
    const [figures, runs] = [await shopFigures(shop.db), await recentRuns(shop.db)]
    return sendPage(
      reply,
      { title: 'Back office', visitor },
      html`<h1>Back office</h1>
<table><tbody>${figures.map(({ name, value }) => html`<tr><td>${name}</td><td class="num">${value}</td></tr>`)}</tbody></table>
<h2>Reports</h2><p><a href="/admin/reports/sales">Sales</a> &middot; <a href="/admin/reports/customers">Customers</a></p>
<h2>The nightly job</h2><form method="post" action="/admin/jobs/loyalty"><button>Rate loyalty now</button></form>
${runs.map((run) => html`<p class="soft">${run.at}: ${run.changed} customers changed tier</p>`)}`,
    )
  })

  app.post('/admin/jobs/loyalty', async (request, reply) => {
    const key = request.headers['x-api-key']
    if (typeof key === 'string') {
      if ((await findClient(key)) === undefined) return reply.code(401).send({ error: 'invalid api key' })
      return { ok: true, ...(await rateLoyalty(shop)) }
    }
    if (!(await staffVisitor(shop, request, reply))) return reply
    await rateLoyalty(shop)
    return reply.redirect('/admin', 303)
  })
}
