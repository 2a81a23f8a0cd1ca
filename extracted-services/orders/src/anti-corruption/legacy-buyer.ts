import { z } from 'zod'
import type { Buyer } from '../domain/buyer.ts'
import type { Neighbour, PassedOn } from '../neighbours/neighbour.ts'

const customer = z.object({
  name: z.string(),
  status: z.string(),
  addresses: z.array(
    z.object({
      id: z.string().transform(Number),
      type: z.enum(['B', 'S']),
      line1: z.string(),
      city: z.string(),
      state: z.string(),
      zip: z.string(),
      country: z.string(),
      default: z.enum(['Y', 'N']),
    }),
  ),
})

/** Who a customer is, as the users service's legacy-speaking API says it: with the name as legacy writes it. Throws `users-unavailable`. */
export async function askCustomer(users: Neighbour, id: number, passedOn: PassedOn): Promise<Buyer | undefined> {
  const answer = await users.get(`/api/customers/${id}`, customer, passedOn)
  if (answer === undefined) return undefined
  const { name, status, addresses } = answer
  return {
    active: status === 'A',
    name,
    addresses: addresses.map(({ type, state, zip, default: dflt, ...address }) => ({
      ...address,
      kind: type === 'S' ? 'shipping' : 'billing',
      isDefault: dflt === 'Y',
      region: state,
      postalCode: zip,
    })),
  }
}
