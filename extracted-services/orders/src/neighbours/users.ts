import { z } from 'zod'
import type { Buyer } from '../domain/buyer.ts'
import type { Neighbour, PassedOn } from './neighbour.ts'

const user = z.object({
  status: z.string(),
  displayName: z.string(),
  addresses: z.array(
    z.object({
      id: z.int(),
      kind: z.enum(['billing', 'shipping']),
      isDefault: z.boolean(),
      line1: z.string(),
      city: z.string(),
      region: z.string(),
      postalCode: z.string(),
      country: z.string(),
    }),
  ),
})

/** Who a user is, as the users service's clean API says it; undefined when unknown. Throws `users-unavailable`. */
export async function askUser(users: Neighbour, id: number, passedOn: PassedOn): Promise<Buyer | undefined> {
  const answer = await users.get(`/users/${id}`, user, passedOn)
  if (answer === undefined) return undefined
  const { status, displayName, addresses } = answer
  return { active: status === 'active', name: displayName, addresses }
}
