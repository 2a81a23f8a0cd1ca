import type { Translation } from '@banyan/toolkit/anti-corruption'
import { Fault } from '@banyan/toolkit/base'
import type { OrderRow, OrderRows } from '../database/rows.ts'
import type { LegacyOrderRows, OrdHdrRow } from './legacy-rows.ts'
import { orderTranslator } from './order-translator.ts'

/** A stored order as legacy would hold it. Throws `untranslatable` with every problem. */
export function legacyOf(order: OrderRows): LegacyOrderRows {
  return carriedOver(orderTranslator.toLegacy(order), `order ${order.root.id}`)
}

/** The `ord_hdr` row of a stored order. Throws `untranslatable`. */
export function legacyRootOf(order: OrderRow): OrdHdrRow {
  return legacyOf({ root: order, children: { lines: [], history: [] } }).root
}

function carriedOver<Rows>(translation: Translation<Rows>, what: string): Rows {
  if (translation.ok) return translation.value
  const reasons = translation.problems.map(({ path, reason }) => `${path}: ${reason}`)
  throw new Fault('untranslatable', `${what} cannot be carried over: ${reasons.join('; ')}`)
}
