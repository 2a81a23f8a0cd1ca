import type { FastifyInstance } from 'fastify'
import type { Shop } from '../shop.ts'
import { cutToWindow, keyFrom, windowFrom } from '../web/numbers.ts'
import { queryText } from '../web/query-text.ts'
import { parseCustomerBody } from './body.ts'
import { customerJson, customerSummaryJson } from './customer.ts'
import { listCustomers, readAddresses, readCustomer } from './read.ts'
import { changeCustomer, createCustomer, deleteCustomer } from './write.ts'

interface ById {
  readonly Params: { readonly id: string }
}

interface ListQuery {
  readonly Querystring: { readonly after?: unknown; readonly limit?: unknown; readonly email?: unknown }
}

/** The customers of the JSON API: the oldest endpoints of the shop, whose refusals come with status 200. */
export function customersApi(api: FastifyInstance, shop: Shop): void {
  api.get<ById>('/customers/:id', async (request, reply) => {
    const id = keyFrom(request.params.id)
    const customer = id === undefined ? undefined : await readCustomer(shop.db, id)
    if (!customer) return reply.code(404).send({ error: 'no such customer' })
    return customerJson(customer, await readAddresses(shop.db, customer.cust_id))
  })

  api.get<ListQuery>('/customers', async (request, reply) => {
    const asked = windowFrom(request.query)
    if (!asked.ok) return reply.code(400).send({ error: asked.error })
    const rows = await listCustomers(shop.db, asked.window, queryText(request.query.email))
    const { items, next } = cutToWindow(rows, asked.window.limit, (row) => row.cust_id)
    return { customers: items.map(customerSummaryJson), next }
  })

  api.post('/customers', async (request, reply) => {
    const parsed = parseCustomerBody(request.body)
    return parsed.ok ? createCustomer(shop, parsed.given) : reply.code(400).send({ error: parsed.error })
  })

  api.put<ById>('/customers/:id', async (request, reply) => {
    const parsed = parseCustomerBody(request.body)
    if (!parsed.ok) return reply.code(400).send({ error: parsed.error })
    const id = keyFrom(request.params.id)
    return id === undefined ? { ok: false, err: 'NO CUST' } : changeCustomer(shop, id, parsed.given)
  })

  api.delete<ById>('/customers/:id', async (request) => {
    const id = keyFrom(request.params.id)
    return id === undefined ? { ok: false, err: 'NO CUST' } : deleteCustomer(shop, id)
  })
}
