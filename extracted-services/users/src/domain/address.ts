import { textInput } from '@banyan/toolkit/service-kit'
import { z } from 'zod'

/** An address as a client gives it; lines are free text, `country` is an ISO 3166-1 alpha-2 code. */
export const newAddress = z.strictObject({
  kind: z.enum(['billing', 'shipping']),
  line1: textInput.trim().min(1).max(200),
  line2: textInput.trim().min(1).max(200).nullable().default(null),
  city: textInput.trim().min(1).max(100),
  region: textInput.trim().max(100),
  postalCode: textInput.trim().max(20),
  country: z.string().regex(/^[A-Z]{2}$/),
  isDefault: z.boolean().default(false),
})

/** An address that is not stored yet. */
export type NewAddress = Readonly<z.infer<typeof newAddress>>

/** An address of a user. Nothing is promised of its texts beyond what legacy kept. */
export const address = z.object({
  id: z.int(),
  kind: z.enum(['billing', 'shipping']),
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string(),
  postalCode: z.string(),
  country: z.string(),
  isDefault: z.boolean(),
})

/** See `address`. */
export type Address = Readonly<z.infer<typeof address>>
