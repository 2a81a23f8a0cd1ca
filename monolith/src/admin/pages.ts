import type { FastifyInstance, FastifyReply } from 'fastify'
import type { FindClient } from '../auth/api-clients.ts'
import { ShopProblem } from '../database/problem.ts'
import { type LoyaltyRun, rateLoyalty } from '../jobs/loyalty.ts'
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
      const run = await runJob(shop)
      if (run instanceof ShopProblem) return refusal(reply).send({ error: run.message, detail: run.hint })
      return { ok: true, ...run }
    }
    const visitor = await staffVisitor(shop, request, reply)
    if (!visitor) return reply
    const run = await runJob(shop)
    if (!(run instanceof ShopProblem)) return reply.redirect('/admin', 303)
    const content = html`<h1>The nightly job</h1><p>${run.message}</p><p class="soft">${run.hint}</p>`
    return sendPage(refusal(reply), { title: 'Back office', visitor }, content)
  })
}

/** What the job did, or why it was not let. */
async function runJob(shop: Shop): Promise<LoyaltyRun | ShopProblem> {
  try {
    return await rateLoyalty(shop)
  } catch (error) {
    if (!(error instanceof ShopProblem)) throw error
    shop.log(`POST /admin/jobs/loyalty 503 ${error.message}`)
    return error
  }
}

function refusal(reply: FastifyReply): FastifyReply {
  return reply.code(503).header('retry-after', '1')
}
