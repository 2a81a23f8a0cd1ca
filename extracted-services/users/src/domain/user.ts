import { textInput } from '@banyan/toolkit/service-kit'
import { z } from 'zod'
import { address, newAddress } from './address.ts'
import { phone } from './phone.ts'

/** Whether a user may use the shop: `suspended` by the shop, `closed` by the user. */
export const userStatus = z.enum(['active', 'suspended', 'closed'])

/** What the shop's loyalty job has given; `unrated` until it has seen the user once. */
export const loyaltyTier = z.enum(['unrated', 'none', 'silver', 'gold', 'platinum'])

/** A user as the clean API answers it. Instants are ISO 8601 UTC. Credentials are no part of it. */
export const user = z.object({
  id: z.int(),
  email: z.string(),
  givenName: z.string().nullable(),
  familyName: z.string(),
  displayName: z.string(),
  status: userStatus,
  newsletter: z.boolean(),
  interests: z.array(z.string()),
  phone,
  loyaltyTier,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  addresses: z.array(address),
})

/** See `user`. */
export type User = Readonly<z.infer<typeof user>>

// A comma would make two names out of one on the way to legacy, which keeps `LAST, FIRST` in one column.
const name = textInput
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^,]*$/, 'must not contain a comma')

const interest = z.string().regex(/^[A-Z0-9][A-Z0-9 &_-]{0,39}$/, 'must be an interest code such as GARDEN')

/** The shortest password that is accepted, in characters. */
const minPasswordLength = 8

/** What a client sends to create a user. */
export const newUser = z.strictObject({
  email: z.email().max(254),
  givenName: name.nullable().default(null),
  familyName: name,
  password: z.string().min(minPasswordLength).max(1024),
  newsletter: z.boolean().default(false),
  interests: z.array(interest).max(50).default([]),
  phone: phone.default({ kind: 'unknown' }),
  addresses: z.array(newAddress).max(20).default([]),
})

/** See `newUser`. */
export type NewUser = Readonly<z.infer<typeof newUser>>

/** What a client may change of a user; what is left out stays. `addresses` replaces all of them. */
export const userChanges = z.strictObject({
  email: z.email().max(254).optional(),
  givenName: name.nullable().optional(),
  familyName: name.optional(),
  password: z.string().min(minPasswordLength).max(1024).optional(),
  status: userStatus.optional(),
  newsletter: z.boolean().optional(),
  interests: z.array(interest).max(50).optional(),
  phone: phone.optional(),
  addresses: z.array(newAddress).max(20).optional(),
})

/** See `userChanges`. */
export type UserChanges = Readonly<z.infer<typeof userChanges>>

/** The name to greet a user with: `Ada Lovelace`, or the family name alone. */
export function displayNameOf(parts: { readonly givenName: string | null; readonly familyName: string }): string {
  return parts.givenName === null ? parts.familyName : `${parts.givenName} ${parts.familyName}`
}
