import type { FastifyInstance } from 'fastify'
import type { Shop } from '../shop.ts'
import { customerCounts, salesByCategory, salesByMonth, topCustomers } from './read.ts'

interface ByYear {
  readonly Querystring: { readonly year?: unknown }
}

/** The reports of the JSON API: of 2019, with proper status codes. */
export function reportsApi(api: FastifyInstance, shop: Shop): void {
  api.get<ByYear>('/reports/sales', async (request, reply) => {
    const year = yearFrom(request.query.year, shop.now())
    if (year === undefined) return reply.code(400).send({ error: 'year must be four digits' })
    return { year, months: await salesByMonth(shop.db, year), categories: await salesByCategory(shop.db, year) }
  })

  api.get('/reports/top-customers', async () => ({ customers: await topCustomers(shop.db, 20) }))

  api.get('/reports/customers', async () => ({ counts: await customerCounts(shop.db) }))
}

/** The year that was asked for, else the present one; undefined when it is none. */
export function yearFrom(asked: unknown, now: Date): string | undefined {
  if (asked === undefined) return String(now.getUTCFullYear())
  return typeof asked === 'string' && /^\d{4}$/.test(asked) ? asked : undefined
}
