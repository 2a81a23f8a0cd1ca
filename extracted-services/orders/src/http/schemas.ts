import { answers, largestKey, sent, wholeNumber } from '@banyan/toolkit/service-kit'
import { z } from 'zod'
import { newOrder, order } from '../domain/order.ts'

const id = wholeNumber(1, largestKey)

/** The path of one order. */
export const orderPath = z.object({ id })

/** Which orders to list. `after` is the `next` of the page before. */
export const listQuery = z.object({
  userId: id.optional(),
  after: wholeNumber(0, largestKey).default(0),
  limit: wholeNumber(1, 100).default(25),
})

const page = z.object({ orders: z.array(order), next: z.int().nullable() })

/** The clean API for its OpenAPI document: from the very schemas that check requests. */
export const documents = {
  place: {
    ...told('placeOrder', 'Place an order, at the prices of the catalogue'),
    body: sent(newOrder),
    response: answers({ 201: order }, 400, 409, 422, 503),
  },
  find: { ...told('getOrder', 'One order'), params: sent(orderPath), response: answers({ 200: order }, 404) },
  list: {
    ...told('listOrders', "Orders in order of id; with userId, one user's"),
    querystring: sent(listQuery),
    response: answers({ 200: page }, 400),
  },
  cancel: {
    ...told('cancelOrder', 'Cancel an order that was not sent, and not paid for in the shop'),
    params: sent(orderPath),
    response: answers({ 200: order }, 404, 409, 501, 503),
  },
}

function told(operationId: string, summary: string) {
  return { operationId, summary, tags: ['orders'], security: [{ apiKey: [] }] }
}
