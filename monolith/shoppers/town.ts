import type { Answer, Outgoing } from './action.ts'

/** What shoppers know of the shop before they start: who and what there is. */
export interface Town {
  readonly customers: readonly KnownCustomer[]
  readonly productIds: readonly string[]
}

/** A customer who can be read, and who can log in when their account is active. */
export interface KnownCustomer {
  readonly id: string
  readonly email: string
  readonly active: boolean
}

type Send = (request: Outgoing) => Promise<Answer>

const pageSize = 100
const maxPages = 20

/** Asks the JSON API who and what there is, up to 2 000 of each; throws when the shop does not answer as it should. */
export async function lookAround(send: Send, apiKey: string): Promise<Town> {
  const customers = await readPages(send, apiKey, 'customers')
  const products = await readPages(send, apiKey, 'products')
  return {
    customers: customers.map((row) => ({
      id: text(row, 'id'),
      email: text(row, 'email'),
      active: text(row, 'status') === 'A',
    })),
    productIds: products.map((row) => text(row, 'id')),
  }
}

async function readPages(send: Send, apiKey: string, list: 'customers' | 'products'): Promise<readonly object[]> {
  const rows: object[] = []
  let after = '0'
  for (let page = 0; page < maxPages; page++) {
    const path = `/api/${list}?limit=${pageSize}&after=${after}`
    const answer = await send({ method: 'GET', path, headers: { 'x-api-key': apiKey } })
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.text.slice(0, 200)}`)
    const body: unknown = JSON.parse(answer.text)
    const items = field(body, list)
    if (Array.isArray(items)) rows.push(...items)
    const next = field(body, 'next')
    if (typeof next !== 'string') break
    after = next
  }
  if (rows.length === 0) throw new Error(`the shop has no ${list}`)
  return rows
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function text(row: object, name: string): string {
  return String(field(row, name) ?? '')
}
