import type { NewAddress } from '../domain/address.ts'
import { type Address, address } from '../domain/address.ts'
import type { StoredPassword } from '../domain/password.ts'
import { type Phone, phone } from '../domain/phone.ts'
import { displayNameOf, loyaltyTier, type NewUser, type User, type UserChanges, userStatus } from '../domain/user.ts'
import type { AddressRow, NewAddressRow, NewUserRows, UserRow, UserRows } from './rows.ts'

/** A stored user as the clean model says it; throws when the database holds what the model does not know. */
export function userOf({ root, children }: UserRows): User {
  const name = { givenName: root.given_name, familyName: root.family_name }
  return {
    id: root.id,
    email: root.email,
    ...name,
    displayName: displayNameOf(name),
    status: userStatus.parse(root.status),
    newsletter: root.newsletter === 1,
    interests: interestsOf(root.interests),
    phone: phoneOf(root),
    loyaltyTier: loyaltyTier.parse(root.loyalty_tier),
    createdAt: root.created_at,
    updatedAt: root.updated_at,
    addresses: children.addresses.map(addressOf),
  }
}

/** The rows of a new user, made `now` (ISO 8601 UTC). */
export function newRowsOf(user: NewUser, password: StoredPassword, now: string): NewUserRows {
  return {
    root: {
      email: user.email,
      given_name: user.givenName,
      family_name: user.familyName,
      legacy_name: null,
      status: 'active',
      newsletter: user.newsletter ? 1 : 0,
      interests: JSON.stringify(user.interests),
      ...phoneColumns(user.phone),
      loyalty_tier: 'unrated',
      created_at: now,
      updated_at: now,
      deleted_at: null,
    },
    children: { addresses: user.addresses.map(addressColumns), credentials: [credentialColumns(password)] },
  }
}

/** A user's rows with changes made `now`; addresses are replaced by the store, so these stay as they are here. */
export function changedRows(rows: UserRows, changes: UserChanges, now: string): UserRows {
  const { root } = rows
  const columns: Partial<UserRow> = {
    email: changes.email ?? root.email,
    given_name: changes.givenName === undefined ? root.given_name : changes.givenName,
    family_name: changes.familyName ?? root.family_name,
    status: changes.status ?? root.status,
    ...(changes.newsletter === undefined ? {} : { newsletter: changes.newsletter ? 1 : 0 }),
    ...(changes.interests === undefined ? {} : { interests: JSON.stringify(changes.interests) }),
    ...(changes.phone === undefined ? {} : phoneColumns(changes.phone)),
    updated_at: now,
  }
  return { ...rows, root: { ...root, ...columns } }
}

/** A user's rows with another password. */
export function withPassword(rows: UserRows, password: StoredPassword): UserRows {
  const credentials = [{ user_id: rows.root.id, ...credentialColumns(password) }]
  return { root: rows.root, children: { ...rows.children, credentials } }
}

/** What is stored of a user's password; undefined when nothing is. */
export function passwordOf({ children }: UserRows): StoredPassword | undefined {
  const [row] = children.credentials
  if (row === undefined) return undefined
  return { legacyHash: row.legacy_hash, legacySalt: row.legacy_salt, scrypt: row.scrypt }
}

/** The columns of an address that a client gave. */
export function addressColumns(given: NewAddress): NewAddressRow {
  return {
    kind: given.kind,
    line1: given.line1,
    line2: given.line2,
    city: given.city,
    region: given.region,
    postal_code: given.postalCode,
    country: given.country,
    is_default: given.isDefault ? 1 : 0,
  }
}

function addressOf(row: AddressRow): Address {
  return {
    id: row.id,
    kind: address.shape.kind.parse(row.kind),
    line1: row.line1,
    line2: row.line2,
    city: row.city,
    region: row.region,
    postalCode: row.postal_code,
    country: row.country,
    isDefault: row.is_default === 1,
  }
}

function credentialColumns(password: StoredPassword) {
  return { legacy_hash: password.legacyHash, legacy_salt: password.legacySalt, scrypt: password.scrypt }
}

function phoneColumns(given: Phone): Pick<UserRow, 'phone_kind' | 'phone_number'> {
  return { phone_kind: given.kind, phone_number: given.kind === 'number' ? given.number : null }
}

function phoneOf(row: UserRow): Phone {
  return row.phone_number === null
    ? phone.parse({ kind: row.phone_kind })
    : { kind: 'number', number: row.phone_number }
}

function interestsOf(text: string): string[] {
  const list: unknown = JSON.parse(text)
  return Array.isArray(list) ? list.map(String) : []
}
