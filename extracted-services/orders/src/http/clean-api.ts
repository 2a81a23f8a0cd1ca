import { Fault } from '@banyan/toolkit/base'
import { type KnowsKey, parseRequest, requireApiKey } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
import { newOrder } from '../domain/order.ts'
import { passedOnFrom } from '../neighbours/passed-on.ts'
import type { Orders } from '../orders.ts'
import { documents, listQuery, orderPath } from './schemas.ts'

/** How the faults of the use cases are answered. */
export const faultStatuses = {
  'request-invalid': 400,
  'api-key-unknown': 401,
  'order-unknown': 404,
  'order-too-late': 409,
  'out-of-stock': 409,
  'user-not-active': 409,
  'not-the-owner': 409,
  'user-unknown': 422,
  'product-unknown': 422,
  'address-unknown': 422,
  'not-possible-yet': 501,
  'owner-moving': 503,
  'users-unavailable': 503,
  'shop-unavailable': 503,
} as const

/** The clean API: orders as JSON, problems as RFC 9457. Every call wants an `X-Api-Key`. */
export function registerCleanApi(app: FastifyInstance, orders: Orders, knowsKey: KnowsKey): void {
  requireApiKey(app, knowsKey)
  app.post('/orders', { schema: documents.place }, async (request, reply) => {
    const placed = await orders.place(parseRequest(newOrder, request.body), passedOnFrom(request))
    return reply.code(201).header('location', `/orders/${placed.id}`).send(placed)
  })
  app.get('/orders', { schema: documents.list }, async (request) => orders.page(parseRequest(listQuery, request.query)))
  app.get('/orders/:id', { schema: documents.find }, async (request) => {
    const { id } = parseRequest(orderPath, request.params)
    const found = await orders.find(id)
    if (found !== undefined) return found
    throw new Fault('order-unknown', `no order ${id}`)
  })
  app.post('/orders/:id/cancel', { schema: documents.cancel }, async (request) => {
    const { id } = parseRequest(orderPath, request.params)
    return await orders.cancel(id, passedOnFrom(request))
  })
}
