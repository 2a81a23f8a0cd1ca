import { Refusal } from '@banyan/toolkit/anti-corruption'
import { Fault } from '@banyan/toolkit/base'
import type { ShipToColumns } from '../database/rows.ts'
import { type Gathered, gather } from '../gather.ts'
import type { PassedOn } from '../neighbours/neighbour.ts'
import { askProduct } from '../neighbours/shop.ts'
import { assertOwner, cancelOrder, type OrdersDeps, storeOrder } from '../orders.ts'
import { legacyOf } from './carry.ts'
import type { LegacyWish } from './legacy-body.ts'
import { askCustomer } from './legacy-buyer.ts'
import { shipTo, shipToColumns } from './ship-to.ts'

/** What legacy's old endpoints answer, always with status 200. */
export type Outcome =
  | { readonly ok: true; readonly id?: string; readonly total?: string }
  | { readonly ok: false; readonly err: string }

/** What legacy says, with status 200, for a refusal of the use cases. */
const refusals: Readonly<Record<string, string>> = {
  'user-unknown': 'NO CUST',
  'user-not-active': 'CUST NOT ACTIVE',
  'lines-missing': 'NO LINES',
  'product-unknown': 'NO PROD',
  'address-unknown': 'NO ADDR',
  'out-of-stock': 'OUT OF STOCK',
  'order-unknown': 'NO ORD',
  'order-too-late': 'TOO LATE',
}

/** Places an order as legacy does, as far as orders go: see the README for what is not done. Throws `not-possible-yet` for a card. */
export function placeLegacyOrder(deps: OrdersDeps, wish: LegacyWish, passedOn: PassedOn): Promise<Outcome> {
  return outcomeOf(async () => {
    await assertOwner(deps)
    if (wish.pays === 'card')
      throw new Fault('not-possible-yet', 'a card cannot be charged here: payments are no service yet', {
        hint: 'pay with a check, or move orders back: banyan cutover orders --to legacy',
      })
    const gathered = await gather(wish, {
      buyer: (id) => askCustomer(deps.users, id, passedOn),
      product: (id) => askProduct(deps.shop, id, passedOn),
    })
    const parts = { ...gathered, userId: wish.userId, note: null, source: 'api', shipTo: addressed(gathered) } as const
    const { root } = legacyOf(await storeOrder(deps, parts))
    return { ok: true, id: String(root.ord_id), total: root.tot_amt }
  })
}

/** Cancels an order as legacy does, where nothing has to be given back. Throws `not-possible-yet` where it has. */
export function cancelLegacyOrder(deps: OrdersDeps, id: number, passedOn: PassedOn): Promise<Outcome> {
  return outcomeOf(async () => {
    await cancelOrder(deps, id, passedOn)
    return { ok: true }
  })
}

async function outcomeOf(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    const err = error instanceof Fault ? refusals[error.code] : undefined
    if (err === undefined) throw error
    return { ok: false, err }
  }
}

/** Legacy writes the address first, and reads it again as anybody would: a bar in it makes it a text that nobody can take apart. */
function addressed({ buyer, address }: Gathered): ShipToColumns {
  const written =
    address === undefined
      ? 'PICK UP IN STORE'
      : [buyer.name, address.line1, address.city, address.region, address.postalCode, address.country].join('|')
  const values = shipTo.toService([written])
  if (values instanceof Refusal) throw new Error(values.reason)
  return Object.fromEntries(shipToColumns.map((column, at) => [column, values[at] ?? null])) as ShipToColumns
}
