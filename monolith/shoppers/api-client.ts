import type { Action, Answer, Outgoing } from './action.ts'
import type { Random } from './random.ts'
import type { Town } from './town.ts'

/** A client of the JSON API, with a key of its own. */
export interface ApiClient {
  /** What it does next. */
  next(): Action
}

/** How many customers are changed again and again, by everybody. */
const hotCustomers = 20

/** Customers that clients change; the others are left to the people who log in. */
export function hotSet(town: Town): readonly string[] {
  return town.customers.slice(20, 20 + hotCustomers).map((customer) => customer.id)
}

type Deed = keyof ReturnType<typeof buildDeeds>

/** Of a hundred things that clients do. */
const mix: Readonly<Record<Deed, number>> = {
  readCustomer: 67,
  listCustomers: 6,
  changeCustomer: 8,
  openAccount: 2,
  deleteCustomer: 1,
  readProduct: 7,
  searchProducts: 3,
  readStock: 2,
  readOrder: 2,
  placeOrder: 2,
}

/** Builds a client that mostly reads customers: 67 of 100 requests. `nonce` keeps new e-mail addresses apart from those of other runs. */
export function buildApiClient(
  town: Town,
  random: Random,
  about: { readonly key: string; readonly nonce: string },
): ApiClient {
  const deeds = buildDeeds(town, random, about.nonce)
  const lots = Object.entries(mix).flatMap(([deed, share]) => Array<Deed>(share).fill(deed as Deed))
  return {
    next() {
      const action = deeds[random.oneOf(lots)]()
      const withKey = (request: Outgoing) => ({ ...request, headers: { ...request.headers, 'x-api-key': about.key } })
      return { ...action, request: () => withKey(action.request()) }
    },
  }
}

function buildDeeds(town: Town, random: Random, nonce: string) {
  const opened: string[] = []
  let count = 0
  const hot = hotSet(town)
  const anyCustomer = () => random.oneOf(town.customers).id
  const changed = () => random.oneOf(random.chance(60) || opened.length === 0 ? hot : opened)
  return {
    readCustomer() {
      const known = random.chance(35) ? random.oneOf(hot) : anyCustomer()
      return get('read customer', `/api/customers/${random.chance(3) ? 900_000_000 + random.below(1_000) : known}`)
    },
    listCustomers() {
      return get('list customers', `/api/customers?after=${anyCustomer()}&limit=${random.oneOf([10, 25, 50])}`)
    },
    changeCustomer(): Action {
      const body = drawChange(random)
      const id = changed()
      return { name: 'change customer', request: () => json('PUT', `/api/customers/${id}`, body) }
    },
    openAccount(): Action {
      const body = drawAccount(random, `${nonce}-${++count}`)
      return {
        name: 'open account',
        request: () => json('POST', '/api/customers', body),
        remember: (answer) => rememberOpened(answer, opened),
      }
    },
    deleteCustomer(): Action {
      const id = opened.shift()
      if (id === undefined) return this.listCustomers()
      return { name: 'delete customer', request: () => ({ method: 'DELETE', path: `/api/customers/${id}` }) }
    },
    readProduct: () => get('read product', `/api/products/${random.oneOf(town.productIds)}`),
    searchProducts: () => get('search products', `/api/products?q=${random.oneOf(words)}`),
    readStock: () => get('read stock', `/api/inventory/${random.oneOf(town.productIds)}`),
    readOrder: () => get('read order', `/api/orders/${1 + random.below(5_000)}`),
    placeOrder(): Action {
      const lines = [{ productId: random.oneOf(town.productIds), quantity: 1 + random.below(3) }]
      const body = { customerId: anyCustomer(), lines, payment: { type: 'CC', card: '4242424242424242' } }
      return { name: 'place order', request: () => json('POST', '/api/orders', body) }
    },
  }
}

const words = ['kite', 'oak', 'tea', 'knife', 'star', 'copper', 'pocket']

function get(name: string, path: string): Action {
  return { name, request: () => ({ method: 'GET', path }) }
}

function json(method: 'POST' | 'PUT', path: string, body: object): Outgoing {
  return { method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function rememberOpened(answer: Answer, opened: string[]): void {
  const id = /"id":"(\d+)"/.exec(answer.text)?.[1]
  if (id !== undefined) opened.push(id)
  if (opened.length > 100) opened.shift()
}

const names = [
  'McKAY, IAN',
  "O'BRIEN, SIOBHAN",
  'van der Berg, Anna',
  'García, José',
  'Cher',
  'SMITH, JOHN',
  'ÖZTÜRK, İPEK',
]
const interests = ['', 'BOOKS', 'BOOKS,GARDEN', 'TOYS,CAMP,PETS', 'MUSIC']

function drawChange(random: Random): object {
  const address = {
    type: 'S',
    line1: `${1 + random.below(900)} Wharf Street`,
    line2: random.oneOf([null, '', 'Apt 3']),
    city: random.oneOf(['Elmira', 'Troy', 'São Paulo']),
    state: 'NY',
    zip: String(10_000 + random.below(5_000)),
    country: 'US',
    default: 'Y',
  }
  return random.oneOf<object>([
    { phone: random.oneOf([null, '', `+1 518 555 ${1000 + random.below(9000)}`]) },
    { newsletter: random.oneOf(['Y', 'N']) },
    { interests: random.oneOf(interests) },
    { name: random.oneOf(names) },
    { status: random.oneOf(['A', 'A', 'S']) },
    { addresses: [address, { ...address, type: 'B' }].slice(random.below(2)) },
    { phone: '+1 518 555 0100', interests: 'PETS', newsletter: 'Y' },
  ])
}

function drawAccount(random: Random, tag: string): object {
  const [last = 'Doe', first = ''] = random.oneOf(names).split(', ')
  return {
    first,
    last,
    email: `shopper-${tag}@example.org`,
    password: 'welcome1',
    newsletter: random.oneOf(['Y', 'N']),
  }
}
