import type { Answer } from '@banyan/toolkit/compare'

/** Two answers to one request, as they came. */
export interface AnswerPair {
  readonly legacy: Answer
  readonly service: Answer
}

interface Order {
  readonly id: number
  readonly customer: { readonly name: string; readonly city: string; readonly vip: boolean }
  readonly placedAt: string
  readonly total: number
  readonly items: readonly Item[]
  readonly notes: string | null
}

interface Item {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  readonly price: number
  readonly tags: readonly string[]
}

/** A pair of orders of about so many bytes that differ in three places: a price, a name's case, and a missing key. */
export function differingPair(bytes: number, seed: number): AnswerPair {
  const order = orderOf(bytes, seed)
  const items = order.items.map((item, index) => (index === 2 ? { ...item, price: item.price * 100 } : item))
  const { notes, ...rest } = {
    ...order,
    items,
    customer: { ...order.customer, name: order.customer.name.toUpperCase() },
  }
  return { legacy: answer(order), service: answer(rest) }
}

/** A pair of equal orders in two buffers. */
export function equalPair(bytes: number, seed: number): AnswerPair {
  return { legacy: answer(orderOf(bytes, seed)), service: answer(orderOf(bytes, seed)) }
}

/** The same order, its service side with the keys of every object turned round. */
export function turnedPair(bytes: number, seed: number): AnswerPair {
  const order = orderOf(bytes, seed)
  return { legacy: answer(order), service: answer(turned(order)) }
}

function orderOf(bytes: number, seed: number): Order {
  const order: Order = {
    id: 100_000 + seed,
    customer: { name: `Siobhan O'Brien ${seed}`, city: 'Rome', vip: seed % 2 === 0 },
    placedAt: '2026-03-04T09:00:00.000Z',
    total: 1234.56 + seed,
    items: [],
    notes: null,
  }
  const perItem = JSON.stringify(itemOf(seed, 10)).length + 1
  const count = Math.round((bytes - JSON.stringify(order).length) / perItem)
  return { ...order, items: Array.from({ length: count }, (_, index) => itemOf(seed, index)) }
}

function itemOf(seed: number, index: number): Item {
  return {
    sku: `SKU-${10_000 + index * 7 + seed}`,
    name: 'Enamel mug, blue, 330 ml',
    quantity: 1 + (index % 5),
    price: 12.5 + index,
    tags: ['kitchen', 'blue'],
  }
}

function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  )
}

function answer(value: unknown): Answer {
  return {
    status: 200,
    headers: new Map([
      ['content-type', ['application/json; charset=utf-8']],
      ['cache-control', ['no-store']],
    ]),
    body: Buffer.from(JSON.stringify(value)),
    truncated: false,
  }
}
