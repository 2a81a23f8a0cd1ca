import { type Order, order, orderSource, orderStatus, type ShipTo } from '../domain/order.ts'
import { amountOf, type PricedLine, type Totals } from '../domain/pricing.ts'
import type { LineRow, NewOrderRows, OrderRow, OrderRows, ShipToColumns, StatusRow } from './rows.ts'

/** A stored order as the clean model says it; throws when the database holds what the model does not know. */
export function orderOf({ root, children }: OrderRows): Order {
  return {
    id: root.id,
    userId: root.user_id,
    status: orderStatus.parse(root.status),
    placedAt: root.placed_at,
    source: orderSource.parse(root.source),
    shipTo: shipToOf(root),
    goodsCents: root.goods_cents,
    shippingCents: root.shipping_cents,
    taxCents: root.tax_cents,
    totalCents: root.total_cents,
    note: root.note === '' ? null : root.note,
    lines: children.lines.map(lineOf),
    history: children.history.map(stepOf),
  }
}

/** What a new order is made of. */
export interface OrderParts {
  readonly userId: number
  readonly source: 'web' | 'api'
  readonly shipTo: ShipToColumns
  readonly lines: readonly PricedLine[]
  readonly totals: Totals
  readonly note: string | null
}

/** The rows of a new order, placed `now` (ISO 8601 UTC). */
export function newRowsOf({ userId, source, shipTo, lines, totals, note }: OrderParts, now: string): NewOrderRows {
  return {
    root: {
      user_id: userId,
      status: 'accepted',
      placed_at: now,
      source,
      ...shipTo,
      goods_cents: totals.goods,
      shipping_cents: totals.shipping,
      tax_cents: totals.tax,
      total_cents: totals.total,
      note,
    },
    children: {
      lines: lines.map((line, index) => ({
        line_no: index + 1,
        product_id: line.productId,
        title: line.title,
        quantity: line.quantity,
        unit_price_cents: line.unitPriceCents,
        amount_cents: amountOf(line),
      })),
      history: [{ seq: 1, status: 'accepted', changed_at: now }],
    },
  }
}

/** Where an order goes, as columns. */
export function shipToColumnsOf(to: ShipTo): ShipToColumns {
  const address = to.kind === 'address' ? to : undefined
  return {
    ship_to_kind: to.kind,
    ship_to_recipient: address?.recipient ?? null,
    ship_to_line1: address?.line1 ?? null,
    ship_to_city: address?.city ?? null,
    ship_to_region: address?.region ?? null,
    ship_to_postal_code: address?.postalCode ?? null,
    ship_to_country: address?.country ?? null,
    ship_to_text: to.kind === 'text' ? to.text : null,
  }
}

function shipToOf(root: OrderRow): ShipTo {
  return order.shape.shipTo.parse({
    kind: root.ship_to_kind,
    recipient: root.ship_to_recipient,
    line1: root.ship_to_line1,
    city: root.ship_to_city,
    region: root.ship_to_region,
    postalCode: root.ship_to_postal_code,
    country: root.ship_to_country,
    text: root.ship_to_text,
  })
}

function lineOf(row: LineRow): Order['lines'][number] {
  return {
    productId: row.product_id,
    title: row.title,
    quantity: row.quantity,
    unitPriceCents: row.unit_price_cents,
    amountCents: row.amount_cents,
  }
}

function stepOf(row: StatusRow): Order['history'][number] {
  return { status: orderStatus.parse(row.status), at: row.changed_at }
}
