import { faker } from '@faker-js/faker/locale/en_US'
import { fromLocal, toLocal } from '../time/shop-time.ts'

/** The instant at which the seeded shop stands still: the same rows come every time, whatever the day. */
export const seedNow = new Date('2025-06-16T14:00:00Z')

/** When the shop opened; nothing in the seed is older. */
export const shopOpened = new Date('2011-04-04T13:00:00Z')

/** How much is seeded. */
export interface SeedPlan {
  readonly customers: number
  readonly products: number
  readonly orders: number
}

/** The plan of a scale: 1 is 2 000 customers, 400 products and 10 000 orders; fractions make less. */
export function planOf(scale: number): SeedPlan {
  const times = (count: number) => Math.max(20, Math.round(count * scale))
  return { customers: times(2_000), products: times(400), orders: times(10_000) }
}

/** Sets faker back to its start, so that what is drawn next is the same every time. */
export function rewind(): void {
  faker.seed(20110404)
  faker.setDefaultRefDate(seedNow)
}

/** A moment between two instants, in the shop's local form. */
export function localBetween(from: Date, to: Date): string {
  return toLocal(new Date(faker.number.int({ min: from.getTime(), max: to.getTime() })))
}

/** The later of two local times; a null is earlier than any. */
export function laterOf(a: string | null, b: string): string {
  return a !== null && fromLocal(a) > fromLocal(b) ? a : b
}

/** A percentage of the draws is true. */
export function chance(percent: number): boolean {
  return faker.number.int({ min: 1, max: 100 }) <= percent
}
