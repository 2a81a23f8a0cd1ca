/** A row of the `orders` database table. Instants are ISO 8601 UTC, amounts whole cents. */
export type OrderRow = {
  readonly id: number
  readonly user_id: number
  readonly status: string
  readonly placed_at: string
  readonly source: string
  /** `address`: the six parts; `pick-up`: in the store; `text`: what legacy wrote and nobody can take apart. */
  readonly ship_to_kind: string
  readonly ship_to_recipient: string | null
  readonly ship_to_line1: string | null
  readonly ship_to_city: string | null
  readonly ship_to_region: string | null
  readonly ship_to_postal_code: string | null
  readonly ship_to_country: string | null
  readonly ship_to_text: string | null
  readonly goods_cents: number
  readonly shipping_cents: number
  readonly tax_cents: number
  readonly total_cents: number
  /** Null and empty both mean that there is none; legacy has both, so both are kept. */
  readonly note: string | null
}

/** The columns of an order that say where it goes. */
export type ShipToColumns = Pick<
  OrderRow,
  | 'ship_to_kind'
  | 'ship_to_recipient'
  | 'ship_to_line1'
  | 'ship_to_city'
  | 'ship_to_region'
  | 'ship_to_postal_code'
  | 'ship_to_country'
  | 'ship_to_text'
>

/** A row of the `order_lines` database table: a product as it was called and priced when it was ordered. */
export type LineRow = {
  readonly order_id: number
  readonly line_no: number
  readonly product_id: number
  readonly title: string
  readonly quantity: number
  readonly unit_price_cents: number
  readonly amount_cents: number
}

/** A row of the `order_status_history` database table. */
export type StatusRow = {
  readonly order_id: number
  readonly seq: number
  readonly status: string
  readonly changed_at: string
}

/** An order with what belongs to it, as rows: the shape that the translator and the sync job know. */
export type OrderRows = {
  readonly root: OrderRow
  readonly children: {
    /** Ordered by number. */
    readonly lines: readonly LineRow[]
    /** Oldest first. */
    readonly history: readonly StatusRow[]
  }
}

/** Rows of an order that is not stored yet: the database gives the id. */
export type NewOrderRows = {
  readonly root: Omit<OrderRow, 'id'>
  readonly children: {
    readonly lines: readonly Omit<LineRow, 'order_id'>[]
    readonly history: readonly Omit<StatusRow, 'order_id'>[]
  }
}
