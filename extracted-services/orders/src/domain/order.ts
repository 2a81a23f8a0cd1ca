import { largestKey, textInput } from '@banyan/toolkit/service-kit'
import { z } from 'zod'

/** What an order has come to: `accepted` is being packed. */
export const orderStatus = z.enum(['accepted', 'sent', 'delivered', 'cancelled'])

/** See `orderStatus`. */
export type OrderStatus = z.infer<typeof orderStatus>

/** Where an order was placed. */
export const orderSource = z.enum(['web', 'api', 'telephone'])

/** Where an order goes: an address, the store's counter, or a text of old that nobody can take apart. */
export const shipTo = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('address'),
    recipient: z.string(),
    line1: z.string(),
    city: z.string(),
    region: z.string(),
    postalCode: z.string(),
    country: z.string(),
  }),
  z.object({ kind: z.literal('pick-up') }),
  z.object({ kind: z.literal('text'), text: z.string() }),
])

/** See `shipTo`. */
export type ShipTo = Readonly<z.infer<typeof shipTo>>

/** A product as it was called and priced when it was ordered. */
export const orderLine = z.object({
  productId: z.int(),
  title: z.string(),
  quantity: z.int(),
  unitPriceCents: z.int(),
  amountCents: z.int(),
})

/** An order as the clean API answers it. Instants are ISO 8601 UTC, amounts whole cents of a dollar. */
export const order = z.object({
  id: z.int(),
  userId: z.int(),
  status: orderStatus,
  placedAt: z.iso.datetime(),
  source: orderSource,
  shipTo,
  goodsCents: z.int(),
  shippingCents: z.int(),
  taxCents: z.int(),
  totalCents: z.int(),
  note: z.string().nullable(),
  lines: z.array(orderLine),
  history: z.array(z.object({ status: orderStatus, at: z.iso.datetime() })),
})

/** See `order`. */
export type Order = Readonly<z.infer<typeof order>>

const id = z.int().positive().max(largestKey)

/** What a client sends to place an order. Prices and titles are the catalogue's; how it is paid is not asked: see the README. */
export const newOrder = z.strictObject({
  userId: id,
  lines: z
    .array(z.strictObject({ productId: id, quantity: z.int().min(1).max(99).default(1) }))
    .min(1)
    .max(50),
  /** One of the user's addresses; without it the default shipping address, else any, else the store's counter. */
  addressId: id.optional(),
  note: textInput.trim().min(1).max(500).nullable().default(null),
})

/** See `newOrder`. */
export type NewOrder = Readonly<z.infer<typeof newOrder>>
