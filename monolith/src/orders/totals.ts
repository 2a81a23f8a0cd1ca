import { addMoney, centsOf, type Money, rateOf, timesMoney } from '../money/money.ts'

/** A line of an order: a product at the price of the day. */
export interface PricedLine {
  readonly productId: number
  readonly title: string
  readonly quantity: number
  readonly price: Money
}

/** What an order costs. */
export interface Totals {
  readonly goods: Money
  readonly shipping: Money
  readonly tax: Money
  readonly total: Money
}

const flatShipping: Money = '5.95'
const freeShippingFrom: Money = '75.00'
const newYorkTax = 8_875

/** What lines cost when they are sent to a state: flat shipping below 75 dollars, sales tax in New York only. */
export function totalsOf(lines: readonly PricedLine[], state: string): Totals {
  const goods = addMoney(...lines.map((line) => timesMoney(line.price, line.quantity)))
  const shipping = centsOf(goods) >= centsOf(freeShippingFrom) ? '0.00' : flatShipping
  const tax = state === 'NY' ? rateOf(goods, newYorkTax) : '0.00'
  return { goods, shipping, tax, total: addMoney(goods, shipping, tax) }
}
