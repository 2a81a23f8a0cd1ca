import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FindClient } from '../auth/api-clients.ts'
import { rateLoyalty } from '../jobs/loyalty.ts'
import { yearFrom } from '../reports/api.ts'
import { customerCounts, salesByCategory, salesByMonth, topCustomers } from '../reports/read.ts'
import type { Shop } from '../shop.ts'
import { html } from '../web/html.ts'
import { sendPage, sessionOf, visitorOf } from '../web/visit.ts'
import { recentRuns, shopFigures } from './figures.ts'
import { categoryTable, customerTables, monthTable } from './tables.ts'

/** The back office: figures, reports, and the nightly job by hand. For staff; the job also for API keys. */
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

  app.get<{ Querystring: { year?: unknown } }>('/admin/reports/sales', async (request, reply) => {
    const visitor = await staffVisitor(shop, request, reply)
    if (!visitor) return reply
    const year = yearFrom(request.query.year, shop.now()) ?? '2025'
    const months = await salesByMonth(shop.db, year)
    const title = `Sales of ${year}`
    const [before, after] = [Number(year) - 1, Number(year) + 1]
    return sendPage(
      reply,
      { title, visitor },
      html`<h1>${title}</h1><p><a href="?year=${before}">&laquo; ${before}</a> &middot; <a href="?year=${after}">${after} &raquo;</a></p>
${monthTable(months)}<h2>By category and state</h2>${categoryTable(await salesByCategory(shop.db, year))}`,
    )
  })

  app.get('/admin/reports/customers', async (request, reply) => {
    const visitor = await staffVisitor(shop, request, reply)
    if (!visitor) return reply
    const content = customerTables(await topCustomers(shop.db, 25), await customerCounts(shop.db))
    return sendPage(reply, { title: 'Customers', visitor }, content)
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

/** The member of staff who looks; everybody else is sent to the log-in, or away. */
async function staffVisitor(shop: Shop, request: FastifyRequest, reply: FastifyReply) {
  const session = await sessionOf(shop, request)
  if (session?.isStaff) return visitorOf(session)
  if (session?.customerId === undefined) {
    reply.redirect('/login?next=/admin', 303)
  } else {
    sendPage(reply.code(403), { title: 'Back office', visitor: visitorOf(session) }, html`<h1>Staff only</h1>`)
  }
  return undefined
}
