import { createHash } from 'node:crypto'
import { execute, type Queryable } from '../database/query.ts'
import type { Money } from '../money/money.ts'

/** How somebody pays: by card, or with a check in the mail. */
export type PaymentMeans = { readonly type: 'CC'; readonly card: string } | { readonly type: 'CK' }

/** Reads how somebody pays; undefined when it is no card number (Luhn) and no check. */
export function meansFrom(type: unknown, card: unknown): PaymentMeans | undefined {
  if (type === 'CK') return { type }
  if (type !== 'CC' || typeof card !== 'string') return undefined
  const digits = card.replace(/[ -]/g, '')
  return /^\d{13,19}$/.test(digits) && passesLuhn(digits) ? { type, card: digits } : undefined
}

/** Whether the bank would say yes: cards that end in 0002 are always declined, as test cards are. */
export function isDeclined(means: PaymentMeans): boolean {
  return means.type === 'CC' && means.card.endsWith('0002')
}

/** Writes the payment of an order: authorised, to be captured when the order is sent. Only four digits are kept. */
export async function writePayment(
  db: Queryable,
  means: PaymentMeans,
  order: { readonly orderId: number; readonly amount: Money; readonly at: string },
): Promise<void> {
  const code = createHash('sha1').update(`${order.orderId}/${order.amount}`).digest('hex').slice(0, 6).toUpperCase()
  await execute(
    db,
    "INSERT INTO pmt (ord_id, typ_cd, amt, st_cd, card_l4, auth_cd, pmt_dt) VALUES (?, ?, ?, 'A', ?, ?, ?)",
    [order.orderId, means.type, order.amount, means.type === 'CC' ? means.card.slice(-4) : null, code, order.at],
  )
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
