/** The columns of legacy's `cust` that users own. Instants are local `MM/DD/YYYY hh:mm AM` in the shop's time zone. */
export type CustRow = {
  readonly cust_id: number
  /** `LAST, FIRST`, upper case. */
  readonly nm: string
  readonly email: string
  /** Hex SHA-1 of salt and password. */
  readonly pwd_hash: string
  readonly pwd_salt: string
  /** Null: never asked; empty: declined to give. */
  readonly ph: string | null
  /** `A` active, `S` suspended, `X` closed. */
  readonly st_cd: string
  readonly nl_flg: string
  /** Comma list; empty: none. */
  readonly intrsts: string
  /** `NONE`, `SILVER`, `GOLD`, `PLATINUM`; null: not yet rated. */
  readonly loy_tier: string | null
  readonly crt_dt: string
  readonly upd_dt: string
  /** `Y`: soft-deleted. */
  readonly del_flg: string
}

/** The columns of `cust` that may be shown: all but the password's. */
export type CustRowShown = Omit<CustRow, 'pwd_hash' | 'pwd_salt'>

/** A row of legacy's `cust_addr`. */
export type CustAddrRow = {
  readonly addr_id: number
  readonly cust_id: number
  /** `B` billing, `S` shipping. */
  readonly typ_cd: string
  readonly ln1: string
  readonly ln2: string | null
  readonly city: string
  readonly st: string
  readonly zip: string
  readonly ctry: string
  readonly dflt_flg: string
}

/** A customer as legacy stores it: the shape that the translator and the sync job know. */
export type CustomerRows = {
  readonly root: CustRow
  readonly children: { readonly addresses: readonly CustAddrRow[] }
}
