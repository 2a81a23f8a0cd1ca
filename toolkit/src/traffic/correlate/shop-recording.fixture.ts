import { randomBytes } from 'node:crypto'
import type { Exchange, HeaderPair } from '../exchange.ts'
import { buildRedactor, type Redact } from '../redact/redact.ts'

/** Shoppers who log in, order `orders` times, and look at what they ordered: as an edge would record them. */
export async function recordShoppers(
  url: string,
  { shoppers, orders }: { readonly shoppers: number; readonly orders: number },
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = []
  const redact = buildRedactor({ key: randomBytes(32) })
  const visits = Array.from({ length: shoppers }, (_, index) => shop(url, { name: `shopper-${index}`, orders }))
  // Round by round, so that the orders of all shoppers are mixed.
  for (let open = visits; open.length > 0; ) {
    const steps = await inTurn(open)
    for (const { value } of steps) if (value !== undefined) exchanges.push(recorded(value, redact, exchanges.length))
    open = open.filter((_, index) => steps[index]?.done !== true)
  }
  return exchanges
}

async function inTurn(visits: readonly AsyncGenerator<Visited, undefined>[]) {
  const steps: IteratorResult<Visited, undefined>[] = []
  for (const visit of visits) steps.push(await visit.next())
  return steps
}

interface Visited {
  readonly caller: string
  readonly method: string
  readonly target: string
  readonly headers: readonly HeaderPair[]
  readonly body: string
  readonly response: { readonly status: number; readonly headers: readonly HeaderPair[]; readonly body: string }
}

async function* shop(
  url: string,
  { name, orders }: { readonly name: string; readonly orders: number },
): AsyncGenerator<Visited, undefined> {
  const ask = (method: string, target: string, headers: readonly HeaderPair[] = [], body = '') =>
    visit(url, { caller: name, method, target, headers, body })
  const loggedIn = await ask('POST', '/log-in')
  yield loggedIn
  const [, sid = ''] =
    /sid=([^;]*)/.exec(String(loggedIn.response.headers.find(([n]) => n === 'set-cookie')?.[1])) ?? []
  const cookie: HeaderPair = ['Cookie', `theme=dark; sid=${sid}`]
  for (let index = 0; index < orders; index++) {
    const page = await ask('GET', '/checkout', [cookie])
    yield page
    const [, csrf = ''] = /value="([^"]*)"/.exec(page.response.body) ?? []
    const form = `csrf_token=${csrf}&what=${name}-${index}`
    const placed = await ask('POST', '/checkout', [cookie, ['Content-Type', 'application/x-www-form-urlencoded']], form)
    yield placed
    const at = placed.response.headers.find(([header]) => header === 'location')?.[1] ?? ''
    yield await ask('GET', at, [cookie])
    const { accessToken } = JSON.parse(loggedIn.response.body)
    yield await ask('GET', at, [['Authorization', `Bearer ${accessToken}`]])
  }
  return undefined
}

async function visit(url: string, asked: Omit<Visited, 'response'>): Promise<Visited> {
  const { method, target, headers, body } = asked
  const sent = {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    redirect: 'manual',
  } as const
  const response = await fetch(`${url}${target}`, body === '' ? sent : { ...sent, body })
  return {
    ...asked,
    response: { status: response.status, headers: [...response.headers], body: await response.text() },
  }
}

function recorded(
  { caller, method, target, headers, body, response }: Visited,
  redact: Redact,
  index: number,
): Exchange {
  const raw = (text: string) => ({ kept: Buffer.from(text), bytes: Buffer.byteLength(text) })
  return redact({
    ...{ id: `x${index}`, at: new Date(1_800_000_000_000 + index).toISOString(), caller, tookMs: 1 },
    ...{ route: 'shop', capability: 'shop', servedBy: 'legacy' },
    request: { method, target, headers, body: raw(body) },
    response: { status: response.status, headers: response.headers, body: raw(response.body) },
  })
}
