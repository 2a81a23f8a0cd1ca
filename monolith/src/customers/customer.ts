import { localToJson } from '../time/shop-time.ts'

/** The columns of cust that the customers API shows. */
export interface CustomerColumns {
  readonly cust_id: number
  readonly nm: string
  readonly email: string
  readonly ph: string | null
  readonly st_cd: string
  readonly nl_flg: string
  readonly intrsts: string
  readonly loy_tier: string | null
  readonly crt_dt: string
  readonly upd_dt: string
  readonly lst_seen_dt: string | null
}

/** The columns of cust_addr, without the customer's key. */
export interface AddressColumns {
  readonly addr_id: number
  readonly typ_cd: string
  readonly ln1: string
  readonly ln2: string | null
  readonly city: string
  readonly st: string
  readonly zip: string
  readonly ctry: string
  readonly dflt_flg: string
}

/** A customer as the API answers it; ids are strings, instants ISO 8601 UTC to the minute. */
export function customerJson(customer: CustomerColumns, addresses: readonly AddressColumns[]) {
  return {
    id: String(customer.cust_id),
    name: customer.nm,
    email: customer.email,
    phone: customer.ph,
    status: customer.st_cd,
    newsletter: customer.nl_flg,
    interests: customer.intrsts,
    loyaltyTier: customer.loy_tier,
    createdAt: localToJson(customer.crt_dt),
    updatedAt: localToJson(customer.upd_dt),
    lastSeenAt: localToJson(customer.lst_seen_dt),
    addresses: addresses.map(addressJson),
  }
}

function addressJson(address: AddressColumns) {
  return {
    id: String(address.addr_id),
    type: address.typ_cd,
    line1: address.ln1,
    line2: address.ln2,
    city: address.city,
    state: address.st,
    zip: address.zip,
    country: address.ctry,
    default: address.dflt_flg,
  }
}

/** What the list of customers shows of each. */
export type CustomerSummaryColumns = Pick<CustomerColumns, 'cust_id' | 'nm' | 'email' | 'st_cd' | 'loy_tier' | 'crt_dt'>

/** A customer as the list answers it. */
export function customerSummaryJson(customer: CustomerSummaryColumns) {
  return {
    id: String(customer.cust_id),
    name: customer.nm,
    email: customer.email,
    status: customer.st_cd,
    loyaltyTier: customer.loy_tier,
    createdAt: localToJson(customer.crt_dt),
  }
}
