/** A row of cust, as seeded. */
export interface CustomerRow {
  readonly cust_id: number
  readonly nm: string
  readonly email: string
  readonly pwd_hash: string
  readonly pwd_salt: string
  readonly ph: string | null
  readonly st_cd: string
  readonly nl_flg: string
  readonly intrsts: string
  readonly loy_tier: string | null
  readonly crt_dt: string
  readonly upd_dt: string
  readonly lst_ord_dt: string | null
  readonly lst_seen_dt: string | null
  readonly del_flg: string
  readonly crd_lim: string | null
}

/** A row of cust_addr, as seeded; its key is counted up when all are there. */
export interface AddressRow {
  readonly typ_cd: string
  readonly ln1: string
  readonly ln2: string | null
  readonly city: string
  readonly st: string
  readonly zip: string
  readonly ctry: string
  readonly dflt_flg: string
}

/** A customer with the addresses that belong to them. */
export interface SeededCustomer {
  readonly row: CustomerRow
  readonly addresses: readonly AddressRow[]
}

/** A row of prod, as seeded. */
export interface ProductRow {
  readonly prod_id: number
  readonly sku: string
  readonly ttl: string
  readonly descr: string | null
  readonly prc: string
  readonly cat_cd: string
  readonly tags: string
  readonly act_flg: string
  readonly crt_dt: string
}
