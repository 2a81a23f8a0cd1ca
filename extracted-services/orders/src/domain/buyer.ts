/** Who orders, as far as an order needs to know. */
export interface Buyer {
  readonly active: boolean
  /** As it stands on a parcel. */
  readonly name: string
  readonly addresses: readonly BuyerAddress[]
}

/** An address of who orders. */
export interface BuyerAddress {
  readonly id: number
  readonly kind: 'billing' | 'shipping'
  readonly isDefault: boolean
  readonly line1: string
  readonly city: string
  readonly region: string
  readonly postalCode: string
  readonly country: string
}

/**
 * The address that an order goes to: the one that was asked for, else a shipping address before a billing address, a default before
 * another one, an older one before a newer. Undefined: there is none.
 */
export function addressFor({ addresses }: Buyer, wanted: number | undefined): BuyerAddress | undefined {
  if (wanted !== undefined) return addresses.find(({ id }) => id === wanted)
  return [...addresses].sort(
    (a, b) => rank(a.kind === 'shipping', b.kind === 'shipping') || rank(a.isDefault, b.isDefault) || a.id - b.id,
  )[0]
}

function rank(a: boolean, b: boolean): number {
  return Number(b) - Number(a)
}
