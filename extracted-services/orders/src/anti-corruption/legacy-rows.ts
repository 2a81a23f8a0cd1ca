/** A row of legacy's `ord_hdr`. Instants are local `MM/DD/YYYY hh:mm AM` in the shop's time zone, amounts decimal texts. */
export type OrdHdrRow = {
  readonly ord_id: number
  readonly cust_id: number
  /** `A` accepted, `S` sent, `D` delivered, `X` cancelled. */
  readonly st_cd: string
  readonly ord_dt: string
  /** Name, line, city, state, zip and country with bars between them, or `PICK UP IN STORE`. */
  readonly ship_to: string
  readonly sub_amt: string
  readonly ship_amt: string
  readonly tax_amt: string
  readonly tot_amt: string
  /** `WEB`, `API` or `TEL`. */
  readonly src_cd: string
  /** Null and empty mean the same, and both are there. */
  readonly nt: string | null
}

/** A row of legacy's `ord_ln`. */
export type OrdLnRow = {
  readonly ord_id: number
  readonly ln_no: number
  readonly prod_id: number
  readonly ttl: string
  readonly qty: number
  readonly prc: string
  readonly amt: string
}

/** A row of legacy's `ord_st`: what an order became, and when. */
export type OrdStRow = {
  readonly ord_id: number
  readonly seq: number
  readonly st_cd: string
  readonly chg_dt: string
}

/** An order as legacy stores it: the shape that the translator and the sync job know. */
export type LegacyOrderRows = {
  readonly root: OrdHdrRow
  readonly children: { readonly lines: readonly OrdLnRow[]; readonly history: readonly OrdStRow[] }
}
