import type { FastifyInstance } from 'fastify'
import { staffVisitor } from '../admin/staff.ts'
import type { Shop } from '../shop.ts'
import { html } from '../web/html.ts'
import { sendPage } from '../web/visit.ts'
import { yearFrom } from './api.ts'
import { customerCounts, newestSalesYear, salesByCategory, salesByMonth, topCustomers } from './read.ts'
import { categoryTable, customerTables, monthTable } from './tables.ts'

/** The reports of the back office, for staff. */
export function reportPages(app: FastifyInstance, shop: Shop): void {
  app.get<{ Querystring: { year?: unknown } }>('/admin/reports/sales', async (request, reply) => {
    const visitor = await staffVisitor(shop, request, reply)
    if (!visitor) return reply
    const now = shop.now()
    const asked = request.query.year === undefined ? undefined : yearFrom(request.query.year, now)
    const year = asked ?? (await newestSalesYear(shop.db)) ?? String(now.getUTCFullYear())
    const months = await salesByMonth(shop.db, year)
    const title = `Sales of ${year}`
    const [before, after] = [Number(year) - 1, Number(year) + 1]
    return sendPage(
      reply,
      { title, visitor },
      html`<h1>${title}</h1><p><a href="?year=${before}">&laquo; ${before}</a> &middot; <a href="?year=${after}">${after} &raquo;</a></p>
${months.length === 0 ? html`<p class="soft">Nothing was sold in this year.</p>` : html`${monthTable(months)}<h2>By category and state</h2>${categoryTable(await salesByCategory(shop.db, year))}`}`,
    )
  })

  app.get('/admin/reports/customers', async (request, reply) => {
    const visitor = await staffVisitor(shop, request, reply)
    if (!visitor) return reply
    const content = customerTables(await topCustomers(shop.db, 25), await customerCounts(shop.db))
    return sendPage(reply, { title: 'Customers', visitor }, content)
  })
}
