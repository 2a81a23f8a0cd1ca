import { textInput } from '@banyan/toolkit/service-kit'
import { z } from 'zod'

/** What is known of a user's phone: never asked, declined to give, or a number as the user wrote it. */
export const phone = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unknown') }),
  z.strictObject({ kind: z.literal('declined') }),
  z.strictObject({ kind: z.literal('number'), number: textInput.min(1).max(40) }),
])

/** See `phone`. */
export type Phone = Readonly<z.infer<typeof phone>>
