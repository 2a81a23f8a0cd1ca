import { Pool } from 'undici'
import type { Shop } from '../shop.ts'
import type { GivenCustomer } from './body.ts'
import { changeCustomer, createCustomer, type Outcome } from './write.ts'

/** How the pages write customers: by their own hands, or through the JSON API, wherever that is answered from. */
export interface PageWrites {
  create(given: GivenCustomer): Promise<Outcome>
  change(id: number, given: GivenCustomer): Promise<Outcome>
  close(): Promise<void>
}

/** Where the customers' JSON API is, and the key that the shop itself uses there. */
export interface CustomersApi {
  /** Its origin: `https://shop.example`. */
  readonly origin: string
  readonly key: string
}

const timeoutMs = 15_000
const connections = 16

/** The pages write to the database, as they always did. */
export function writesHere(shop: Shop): PageWrites {
  return {
    create: (given) => createCustomer(shop, given),
    change: (id, given) => changeCustomer(shop, id, given),
    close: async () => {},
  }
}

/** The pages are one more client of the JSON API: they no longer know whose database it is that changes. */
export function writesByApi({ origin, key }: CustomersApi): PageWrites {
  const pool = new Pool(origin, { connections, headersTimeout: timeoutMs, bodyTimeout: timeoutMs })
  const send = async (method: 'POST' | 'PUT', path: string, given: GivenCustomer) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key }
    const answer = await pool.request({ method, path, headers, body: JSON.stringify(given) }).catch(unavailable)
    const text = await answer.body.text().catch(unavailable)
    if (answer.statusCode !== 200) throw new CustomersUnavailable(`the customers API answered ${answer.statusCode}`)
    return JSON.parse(text) as Outcome
  }
  return {
    create: (given) => send('POST', '/api/customers', given),
    change: (id, given) => send('PUT', `/api/customers/${id}`, given),
    close: () => pool.close(),
  }
}

/** The customers' JSON API does not answer, or not with an outcome: nothing is known to be written. */
class CustomersUnavailable extends Error {
  readonly statusCode = 503
}

function unavailable(cause: unknown): never {
  throw new CustomersUnavailable('the customers API does not answer', { cause })
}
