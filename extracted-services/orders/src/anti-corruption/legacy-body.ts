import type { Wish } from '../gather.ts'
import { parseLegacyKey } from './legacy-query.ts'

/** What a legacy client wants to buy, and how it pays: by card, or with a check in the mail. */
export interface LegacyWish extends Wish {
  readonly pays: 'card' | 'check'
}

/** The order of a body, or legacy's words for the first field that is bad. */
export type LegacyBody =
  | { readonly ok: true; readonly wish: LegacyWish }
  | { readonly ok: false; readonly error: `bad ${string}` }

const mostLines = 50
const largestQuantity = 99

interface OrderBody {
  readonly customerId?: unknown
  readonly addressId?: unknown
  readonly lines?: unknown
  readonly payment?: { readonly type?: unknown; readonly card?: unknown } | null
}

/** Reads the body of POST /api/orders as legacy does. */
export function parseLegacyBody(body: unknown): LegacyBody {
  if (typeof body !== 'object' || body === null) return { ok: false, error: 'bad body' }
  const order: OrderBody = body
  const userId = parseLegacyKey(order.customerId)
  const addressId = parseLegacyKey(order.addressId)
  const lines = parseLines(order.lines)
  const pays = parsePayment(order.payment?.type, order.payment?.card)
  if (userId === undefined) return { ok: false, error: 'bad customerId' }
  if (order.addressId !== undefined && addressId === undefined) return { ok: false, error: 'bad addressId' }
  if (lines === undefined) return { ok: false, error: 'bad lines' }
  if (pays === undefined) return { ok: false, error: 'bad payment' }
  return { ok: true, wish: { userId, addressId, lines, pays } }
}

function parseLines(value: unknown): Wish['lines'] | undefined {
  if (!Array.isArray(value) || value.length > mostLines) return undefined
  const lines = value.map(parseLine)
  return lines.every((line) => line !== undefined) ? lines : undefined
}

function parseLine(value: unknown): Wish['lines'][number] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { productId, quantity = 1 }: { readonly productId?: unknown; readonly quantity?: unknown } = value
  const [id, count] = [parseLegacyKey(productId), parseLegacyKey(quantity)]
  return id === undefined || count === undefined || count > largestQuantity
    ? undefined
    : { productId: id, quantity: count }
}

function parsePayment(type: unknown, card: unknown): LegacyWish['pays'] | undefined {
  if (type === 'CK') return 'check'
  if (type !== 'CC' || typeof card !== 'string') return undefined
  const digits = card.replace(/[ -]/g, '')
  return /^\d{13,19}$/.test(digits) && passesLuhn(digits) ? 'card' : undefined
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
