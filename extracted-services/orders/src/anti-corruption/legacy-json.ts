import type { LegacyOrderRows, OrdHdrRow, OrdStRow } from './legacy-rows.ts'
import { shopTime } from './shop-time.ts'

/** An order as legacy's list answers it. */
export function orderEntryJson(root: OrdHdrRow) {
  return {
    id: String(root.ord_id),
    customerId: String(root.cust_id),
    status: root.st_cd,
    orderedAt: minuteOf(root.ord_dt),
    goods: root.sub_amt,
    shipping: root.ship_amt,
    tax: root.tax_amt,
    total: root.tot_amt,
    source: root.src_cd,
  }
}

/** An order as legacy answers it; its shipments are not orders' own, and come from the shop. */
export function orderJson({ root, children }: LegacyOrderRows, shipments: readonly unknown[]) {
  return {
    ...orderEntryJson(root),
    shipTo: root.ship_to,
    note: root.nt,
    lines: children.lines.map((line) => ({
      productId: String(line.prod_id),
      title: line.ttl,
      quantity: line.qty,
      price: line.prc,
      amount: line.amt,
    })),
    shipments,
  }
}

/** What happened to an order, as legacy answers it. */
export function historyJson(steps: readonly OrdStRow[]) {
  return { history: steps.map((step) => ({ status: step.st_cd, at: minuteOf(step.chg_dt) })) }
}

/** A local time of the shop as legacy's JSON says it: UTC to the minute, `2019-03-04T09:00Z`. */
function minuteOf(local: string): string {
  const instant = shopTime.toService(local)
  return `${String(instant).slice(0, 16)}Z`
}
