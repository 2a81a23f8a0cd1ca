import { z } from 'zod'
import type { Neighbour, PassedOn } from './neighbour.ts'

/** A product as the shop's catalogue and inventory tell it. */
export interface Product {
  readonly title: string
  readonly unitPriceCents: number
  readonly onHand: number
}

const cents = z
  .string()
  .regex(/^\d{1,12}\.\d\d$/)
  .transform((price) => Number(price.replace('.', '')))
const product = z.object({ title: z.string(), price: cents, active: z.enum(['Y', 'N']) })
const stock = z.object({ onHand: z.int() })
const payments = z.object({ payments: z.array(z.unknown()) })
const shipments = z.object({ shipments: z.array(z.unknown()) })

/** A product on sale, of the monolith's JSON API; undefined when there is none. Throws `shop-unavailable`. */
export async function askProduct(shop: Neighbour, id: number, passedOn: PassedOn): Promise<Product | undefined> {
  const [found, inventory] = await Promise.all([
    shop.get(`/api/products/${id}`, passedOn),
    shop.get(`/api/inventory/${id}`, passedOn),
  ])
  if (found === undefined) return undefined
  const { title, price, active } = product.parse(found)
  const onHand = inventory === undefined ? 0 : stock.parse(inventory).onHand
  return active === 'Y' ? { title, unitPriceCents: price, onHand } : undefined
}

/** How many payments the shop has of an order. Throws `shop-unavailable`. */
export async function askPaymentCount(shop: Neighbour, orderId: number, passedOn: PassedOn): Promise<number> {
  return payments.parse(await shop.get(`/api/orders/${orderId}/payments`, passedOn)).payments.length
}

/** The shipments of an order, word for word as the shop answers them. Throws `shop-unavailable`. */
export async function askShipments(shop: Neighbour, orderId: number, passedOn: PassedOn): Promise<readonly unknown[]> {
  return shipments.parse(await shop.get(`/api/orders/${orderId}/shipments`, passedOn)).shipments
}
