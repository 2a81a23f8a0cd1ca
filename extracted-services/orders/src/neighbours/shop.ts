import { z } from 'zod'
import type { Neighbour, PassedOn } from './neighbour.ts'

/** A product as the shop's catalogue and inventory tell it. */
export interface Product {
  readonly title: string
  readonly unitPriceCents: number
  readonly onHand: number
}

/** Decimal text, with other than two decimals too, as legacy once wrote it; so large that an order's sum stays exact. */
const cents = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,2})?$/)
  .transform((price) => {
    const [dollars = '', fraction = ''] = price.split('.')
    return Number(dollars + fraction.padEnd(2, '0'))
  })
const product = z.object({ title: z.string(), price: cents, active: z.enum(['Y', 'N']) })
const stock = z.object({ onHand: z.int() })
const payments = z.object({ payments: z.array(z.unknown()) })
const shipments = z.object({ shipments: z.array(z.unknown()) })

/** A product on sale, of the monolith's JSON API; undefined when there is none. Throws `shop-unavailable`. */
export async function askProduct(shop: Neighbour, id: number, passedOn: PassedOn): Promise<Product | undefined> {
  const [found, inventory] = await Promise.all([
    shop.get(`/api/products/${id}`, product, passedOn),
    shop.get(`/api/inventory/${id}`, stock, passedOn),
  ])
  if (found?.active !== 'Y') return undefined
  return { title: found.title, unitPriceCents: found.price, onHand: inventory?.onHand ?? 0 }
}

/** How many payments the shop has of an order. Throws `shop-unavailable`. */
export async function askPaymentCount(shop: Neighbour, orderId: number, passedOn: PassedOn): Promise<number> {
  const answer = await shop.get(`/api/orders/${orderId}/payments`, payments, passedOn)
  return answer?.payments.length ?? 0
}

/** The shipments of an order, word for word as the shop answers them. Throws `shop-unavailable`. */
export async function askShipments(shop: Neighbour, orderId: number, passedOn: PassedOn): Promise<readonly unknown[]> {
  const answer = await shop.get(`/api/orders/${orderId}/shipments`, shipments, passedOn)
  return answer?.shipments ?? []
}
