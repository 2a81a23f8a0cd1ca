import { type Money, showMoney } from '../money/money.ts'

/** A mail as it is queued: the columns of ml_out that say what is sent to whom. */
export interface Mail {
  readonly to_addr: string
  readonly subj: string
  readonly body: string
}

/** The mail that thanks for an order. */
export function orderMail(order: { readonly email: string; readonly orderId: number; readonly total: Money }): Mail {
  return {
    to_addr: order.email,
    subj: `Your order ${order.orderId}`,
    body: `Thank you for your order ${order.orderId}, ${showMoney(order.total)} in all. We will write again when it is on its way.`,
  }
}
