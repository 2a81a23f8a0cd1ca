/** A line of an order: a product at the price of the day. */
export interface PricedLine {
  readonly productId: number
  readonly title: string
  readonly quantity: number
  readonly unitPriceCents: number
}

/** What an order costs, in cents. */
export interface Totals {
  readonly goods: number
  readonly shipping: number
  readonly tax: number
  readonly total: number
}

const flatShipping = 595
const freeShippingFrom = 7500
/** In thousandths of a percent. */
const newYorkTax = 8_875n

/** What lines cost when they are sent to a region: flat shipping below 75 dollars, sales tax in New York only, half a cent rounded up. */
export function totalsOf(lines: readonly PricedLine[], region: string): Totals {
  const goods = lines.reduce((sum, line) => sum + amountOf(line), 0)
  const shipping = goods >= freeShippingFrom ? 0 : flatShipping
  const tax = region === 'NY' ? taxOn(goods) : 0
  return { goods, shipping, tax, total: goods + shipping + tax }
}

/** Of large goods the product is beyond 2^53 before it is divided. */
function taxOn(goods: number): number {
  return Number((BigInt(goods) * newYorkTax + 50_000n) / 100_000n)
}

/** What a line costs, in cents. */
export function amountOf({ quantity, unitPriceCents }: PricedLine): number {
  return quantity * unitPriceCents
}
