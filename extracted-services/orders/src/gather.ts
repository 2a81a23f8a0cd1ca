import { Fault } from '@banyan/toolkit/base'
import { addressFor, type Buyer, type BuyerAddress } from './domain/buyer.ts'
import { type PricedLine, type Totals, totalsOf } from './domain/pricing.ts'
import type { Product } from './neighbours/shop.ts'

/** What somebody wants to buy. */
export interface Wish {
  readonly userId: number
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[]
  readonly addressId?: number | undefined
}

/** Who is asked for what a wish does not say. */
export interface Sources {
  buyer(userId: number): Promise<Buyer | undefined>
  product(id: number): Promise<Product | undefined>
}

/** What an order is made of, as the neighbours tell it. */
export interface Gathered {
  readonly buyer: Buyer
  /** Undefined: it is picked up in the store. */
  readonly address: BuyerAddress | undefined
  readonly lines: readonly PricedLine[]
  readonly totals: Totals
}

/**
 * Asks the neighbours for everything that an order needs. Throws, in this order, `user-unknown`, `user-not-active`, `lines-missing`,
 * `product-unknown`, `address-unknown`, `out-of-stock`; `users-unavailable` or `shop-unavailable` when one does not answer.
 */
export async function gather(wish: Wish, sources: Sources): Promise<Gathered> {
  const buyer = await activeBuyer(wish.userId, sources)
  const wanted = quantities(wish)
  const products = await Promise.all(wanted.map(async ([id]) => await sources.product(id)))
  const lines = wanted.map(([productId, quantity], at) => ({ productId, quantity, ...onSale(productId, products[at]) }))
  const address = addressFor(buyer, wish.addressId)
  if (address === undefined && wish.addressId !== undefined)
    throw new Fault('address-unknown', `user ${wish.userId} has no address ${wish.addressId}`)
  for (const { productId, quantity, onHand } of lines) {
    if (onHand < quantity)
      throw new Fault('out-of-stock', `of product ${productId} there are ${onHand}, and ${quantity} are wanted`)
  }
  const priced = lines.map(({ onHand: _onHand, ...line }) => line)
  return { buyer, address, lines: priced, totals: totalsOf(priced, address?.region ?? '') }
}

async function activeBuyer(userId: number, { buyer }: Sources): Promise<Buyer> {
  const found = await buyer(userId)
  if (found === undefined) throw new Fault('user-unknown', `no user ${userId}`)
  if (!found.active) throw new Fault('user-not-active', `user ${userId} is not active`)
  return found
}

/** Each product once, in order of id. */
function quantities({ lines }: Wish): readonly (readonly [productId: number, quantity: number])[] {
  if (lines.length === 0) throw new Fault('lines-missing', 'an order has at least one line')
  const sums = new Map<number, number>()
  for (const { productId, quantity } of lines) sums.set(productId, (sums.get(productId) ?? 0) + quantity)
  return [...sums].sort(([a], [b]) => a - b)
}

function onSale(id: number, product: Product | undefined): Product {
  if (product === undefined) throw new Fault('product-unknown', `no product ${id} is on sale`)
  return product
}
