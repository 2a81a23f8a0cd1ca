/** A row of the `users` database table. Instants are ISO 8601 UTC; `newsletter` is 0 or 1; `interests` a JSON list. */
export type UserRow = {
  readonly id: number
  readonly email: string
  readonly given_name: string | null
  readonly family_name: string
  /** The name as legacy wrote it, where capitals alone would not give it back; kept until legacy is retired. */
  readonly legacy_name: string | null
  readonly status: string
  readonly newsletter: number
  readonly interests: string
  readonly phone_kind: string
  readonly phone_number: string | null
  readonly loyalty_tier: string
  readonly created_at: string
  readonly updated_at: string
  readonly deleted_at: string | null
}

/** A row of the `addresses` database table. */
export type AddressRow = {
  readonly id: number
  readonly user_id: number
  readonly kind: string
  readonly line1: string
  readonly line2: string | null
  readonly city: string
  readonly region: string
  readonly postal_code: string
  readonly country: string
  readonly is_default: number
}

/** A row of the `credentials` database table: kept apart from `users`, so that no answer can hold it by accident. */
export type CredentialRow = {
  readonly user_id: number
  /** Hex SHA-1 of salt and password, as legacy checks it; kept until legacy is retired. */
  readonly legacy_hash: string
  readonly legacy_salt: string
  /** `$scrypt$ln=..,r=..,p=..$salt$key`; null until the user has logged in here as the owner's user. */
  readonly scrypt: string | null
}

/** A user with what belongs to it, as rows: the shape that the translator and the sync job know. */
export type UserRows = {
  readonly root: UserRow
  readonly children: {
    /** Ordered by id. */
    readonly addresses: readonly AddressRow[]
    /** Exactly one. */
    readonly credentials: readonly CredentialRow[]
  }
}

/** Rows of a user that is not stored yet: the database gives the ids. */
export type NewUserRows = {
  readonly root: Omit<UserRow, 'id'>
  readonly children: {
    readonly addresses: readonly NewAddressRow[]
    readonly credentials: readonly Omit<CredentialRow, 'user_id'>[]
  }
}

/** An address that is not stored yet. */
export type NewAddressRow = Omit<AddressRow, 'id' | 'user_id'>
