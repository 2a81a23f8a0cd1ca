import { sayInstantTwiceConverted } from '../../extracted-services/users/src/anti-corruption/legacy-json.ts'
import { formatShopTime } from '../../extracted-services/users/src/anti-corruption/shop-time.ts'
import type { ArmAnswer, Customer } from './customer.ts'

/** One way in which a new service answers wrong. */
export interface Regression {
  readonly name: string
  /**
   * The spoiled answer to a read of a customer; undefined where it cannot show. `earlier` is what was answered before the
   * customer's last change.
   */
  spoil(answer: ArmAnswer, customer: Customer, earlier: string | undefined): ArmAnswer | undefined
}

/** Twelve regressions that teams meet when they leave a monolith. */
export const regressions: readonly Regression[] = [
  field('unit', ({ account }) => ({ account: { ...account, balance: Math.round(account.balance * 100) } })),
  field('zone', ({ createdAt }) => ({
    createdAt: sayInstantTwiceConverted(formatShopTime(Date.parse(createdAt))),
  })),
  field('case', ({ name }) => ({ name: titleCase(name) })),
  field('null', ({ phone }) => (phone === null ? { phone: '' } : {})),
  field('order', ({ addresses }) => ({ addresses: addresses.toReversed() })),
  {
    name: 'status',
    spoil: (answer) => ({ ...answer, status: 500, body: JSON.stringify({ error: 'internal error' }) }),
  },
  {
    name: 'header',
    spoil: (answer) => ({ ...answer, headers: { ...answer.headers, 'cache-control': 'public, max-age=60' } }),
  },
  field('extra-field', ({ id }) => ({ credentialId: Number(id) + 40_000 })),
  field('enum-value', ({ addresses }) => ({
    addresses: addresses.map((address) => (address.type === 'S' ? { ...address, type: 'H' } : address)),
  })),
  field('rounding', ({ account }) => ({
    account: { ...account, averageOrder: Math.round(account.averageOrder * 10) / 10 },
  })),
  field('truncation', ({ email }) => ({ email: email.slice(0, 20) })),
  {
    name: 'stale-read',
    spoil: (answer, _customer, earlier) => (earlier === undefined ? undefined : { ...answer, body: earlier }),
  },
]

/** A regression that changes fields of the customer; where they come out as they were, it cannot show. */
function field(name: string, change: (customer: Customer) => object): Regression {
  return {
    name,
    spoil(answer, customer) {
      const body = JSON.stringify({ ...customer, ...change(customer) })
      return body === answer.body ? undefined : { ...answer, body }
    },
  }
}

function titleCase(name: string): string {
  return name.toLowerCase().replace(/(^|[^\p{L}])(\p{L})/gu, (_all, before, letter) => before + letter.toUpperCase())
}
