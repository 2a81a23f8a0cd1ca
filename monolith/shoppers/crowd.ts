import { demoPassword } from '../src/seed/demo-accounts.ts'
import type { Action } from './action.ts'
import { buildApiClient, hotSet } from './api-client.ts'
import { buildPerson } from './person.ts'
import { buildRandom, type Random } from './random.ts'
import type { Town } from './town.ts'

/** Who comes to the shop. */
export interface CrowdOptions {
  readonly ratePerSecond: number
  readonly seed: number
  readonly apiKeys: readonly string[]
  /** Keeps the e-mail addresses of new accounts apart from those of other runs. */
  readonly nonce: string
}

/** A shopper, and the request that must be answered before their next one. */
export interface Shopper {
  next(): Action
  busy: Promise<void>
}

/** Of a hundred requests, so many come from browsers. */
const browserPercent = 33
/** The shop keeper does not shop. */
const keeperId = '1'

/** People and clients by turns; who comes next depends on the seed alone. */
export function buildCrowd(options: CrowdOptions, town: Town): () => Shopper {
  const { seed, nonce } = options
  const random = buildRandom(seed)
  const people = buildPeople(options, town)
  const clients = options.apiKeys.map((key, index) => {
    const own = buildRandom(seed * 1_000_003 + index)
    return idle(buildApiClient(town, own, { key, nonce: `${nonce}-${index}` }))
  })
  return () => chooseFrom(random, people, clients)
}

function chooseFrom(random: Random, people: readonly Shopper[], clients: readonly Shopper[]): Shopper {
  return random.chance(browserPercent) ? random.oneOf(people) : random.oneOf(clients)
}

function buildPeople(options: CrowdOptions, town: Town): readonly Shopper[] {
  const count = Math.min(200, Math.max(5, Math.ceil(options.ratePerSecond * 0.1)))
  const hot = new Set(hotSet(town))
  const accounts = town.customers.filter(
    (customer) => customer.active && customer.id !== keeperId && !hot.has(customer.id),
  )
  return Array.from({ length: count }, (_, index) => {
    const email = accounts[(index * 7) % accounts.length]?.email ?? ''
    return idle(buildPerson(town, buildRandom(options.seed * 7_368_787 + index), { email, password: demoPassword }))
  })
}

function idle(shopper: { next(): Action }): Shopper {
  return { next: () => shopper.next(), busy: Promise.resolve() }
}
