import type { CustAddrRow, CustomerRows, CustRowShown } from './legacy-rows.ts'
import { parseShopTime, shopOffsetMs } from './shop-time.ts'

/** How a local time is answered; the planted bug puts another in. */
export type SayInstant = (local: string) => string

/** A local time of the shop as legacy's JSON says it: UTC to the minute, `2019-03-04T09:00Z`. */
export function sayInstant(local: string): string {
  return minute(parseShopTime(local) ?? Number.NaN)
}

/** The planted bug: what is UTC already is taken for local time once more, so it comes out 4 or 5 hours late. */
export function sayInstantTwiceConverted(local: string): string {
  const utc = parseShopTime(local) ?? Number.NaN
  return minute(utc - shopOffsetMs(utc))
}

/** A customer as legacy answers it. Page views write `lastSeenAt` in legacy's database; users never own it. */
export function customerJson({ root, children }: CustomerRows, sayCreated: SayInstant) {
  return {
    id: String(root.cust_id),
    name: root.nm,
    email: root.email,
    phone: root.ph,
    status: root.st_cd,
    newsletter: root.nl_flg,
    interests: root.intrsts,
    loyaltyTier: root.loy_tier,
    createdAt: sayCreated(root.crt_dt),
    updatedAt: sayInstant(root.upd_dt),
    lastSeenAt: null,
    addresses: children.addresses.map(addressJson),
  }
}

/** A customer as legacy's list answers it. */
export function customerEntryJson(root: CustRowShown, sayCreated: SayInstant) {
  return {
    id: String(root.cust_id),
    name: root.nm,
    email: root.email,
    status: root.st_cd,
    loyaltyTier: root.loy_tier,
    createdAt: sayCreated(root.crt_dt),
  }
}

function addressJson(row: CustAddrRow) {
  return {
    id: String(row.addr_id),
    type: row.typ_cd,
    line1: row.ln1,
    line2: row.ln2,
    city: row.city,
    state: row.st,
    zip: row.zip,
    country: row.ctry,
    default: row.dflt_flg,
  }
}

function minute(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 16)}Z`
}
