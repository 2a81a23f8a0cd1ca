import { createHash, randomUUID } from 'node:crypto'
import { type Account, type ArmAnswer, type ArmRequest, isReadCustomer } from './customer.ts'

/** What stands in front of both arms adds to their answers: the same on both, or what never comes out the same twice. */
export type Additions = 'figures' | 'figures-and-noise'

/** An answer with what both arms add to it. */
export function withAdditions(request: ArmRequest, answer: ArmAnswer, additions: Additions): ArmAnswer {
  const headers = { ...answer.headers, 'cache-control': 'private, no-store' }
  // A write is never sent twice to one arm, so that nobody could tell its noise from a regression.
  if (request.method !== 'GET') return { ...answer, headers }
  const given: Readonly<Record<string, unknown>> = JSON.parse(answer.body)
  const customer = isReadCustomer(request, answer) ? { ...given, account: accountOf(String(given.id)) } : given
  if (additions === 'figures') return { ...answer, headers, body: JSON.stringify(customer) }
  return {
    ...answer,
    headers: { ...headers, etag: `"${randomUUID()}"`, 'x-request-id': randomUUID() },
    body: JSON.stringify({ ...customer, ...noise() }),
  }
}

/** Figures that depend on the customer's id alone. */
function accountOf(id: string): Account {
  const digest = createHash('sha256').update(id).digest()
  // The last decimal is never 0 or 5, so that rounding always changes it, up or down.
  const lastDecimals = [1, 2, 3, 4, 6, 7, 8, 9]
  const amount = (at: number) =>
    (10 * digest.readUInt16BE(at) + (lastDecimals[digest.readUInt8(at + 2) % 8] ?? 1)) / 100
  return { balance: amount(0), averageOrder: amount(4) }
}

const labels = ['new', 'mail', 'phone', 'wholesale', 'gift', 'abroad']

/** Random ids, a clock that always ticks, one that ticks now and then, and lists whose order nobody promised. */
function noise() {
  const now = new Date().toISOString()
  return {
    requestId: randomUUID(),
    servedAt: now,
    asOf: `${now.slice(0, 19)}Z`,
    labels: shuffled(labels),
    offers: shuffled(labels).map((label) => ({ label, token: randomUUID() })),
  }
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
