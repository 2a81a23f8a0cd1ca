import { compareAnswers } from '@banyan/toolkit/compare'
import { expect, test } from 'vitest'
import { type LegacyRequest, seenOwned, send } from './users/legacy-requests.ts'
import { startTwoArms, type TwoArms } from './users/two-arms.ts'

const notOwned = {
  rules: [{ path: '$.lastSeenAt', ignore: true, reason: 'written by page views, not owned' }],
} as const

test('every customer is answered byte for byte as legacy does', async () => {
  const arms = await startTwoArms(0.1)
  const requests = numbers(1, 205).map((id) => get(`/api/customers/${id}`, arms.key))
  const answers = await compareAll(arms, requests)
  expect(answers.statuses.get(200)).toBeGreaterThan(190)
  expect(answers.statuses.get(404)).toBeGreaterThan(4)
})

test('bad, strange and unauthorised reads are answered byte for byte as legacy does', async () => {
  const arms = await startTwoArms(0.1)
  const { statuses } = await compareAll(arms, strangeReads(arms.key))
  expect([...statuses.keys()].sort()).toEqual([200, 400, 401, 404, 414])
})

test('whole lists, page by page, are answered byte for byte as legacy does', async () => {
  const arms = await startTwoArms(0.1)
  for (const limit of [1, 7, 25, 100]) {
    let after: string | null = '0'
    for (let page = 0; after !== null && page < 40; page++) {
      const request = get(`/api/customers?after=${after}&limit=${limit}`, arms.key)
      await compareAll(arms, [request])
      const body = JSON.parse((await send(arms.service.url, request)).body.toString())
      after = body.next
    }
    if (limit > 7) expect(after).toBeNull()
  }
})

test('writes are answered byte for byte as legacy does, and leave the same customers', async () => {
  const arms = await startTwoArms(0.1, { owner: 'service' })
  const { statuses } = await compareAll(arms, writes(arms.key))
  expect(statuses.get(200)).toBeGreaterThan(25)
  expect(statuses.get(400)).toBeGreaterThan(5)
  const after = numbers(1, 215).map((id) => get(`/api/customers/${id}`, arms.key))
  await compareAll(arms, [...after, get('/api/customers?limit=100&after=150', arms.key)])
})

async function compareAll(arms: TwoArms, requests: readonly LegacyRequest[]) {
  const statuses = new Map<number, number>()
  for (const request of requests) {
    const [legacy, service] = await Promise.all([send(arms.legacy.url, request), send(arms.service.url, request)])
    const what = `${request.method} ${request.target} ${request.body ?? ''}`
    expect(`${what}\n${seenOwned(service)}`).toBe(`${what}\n${seenOwned(legacy)}`)
    expect(['match', 'noise'], what).toContain(compareAnswers(legacy, service, notOwned).kind)
    statuses.set(legacy.status, (statuses.get(legacy.status) ?? 0) + 1)
  }
  return { statuses }
}

function strangeReads(key: string): readonly LegacyRequest[] {
  const paths = ['0', '-1', '01', '1.0', '7x', 'abc', '999999', '2147483647', '2147483648', '99999999999', '%37', '%zz']
  const more = ['7/', '7/addresses', '7?x=1', '7%20', '%00', "7'--", 'x'.repeat(150), encodeURIComponent('ä')]
  const queries = ['', 'limit=1', 'limit=100', 'limit=101', 'limit=0', 'limit=-1', 'limit=abc', 'limit=', 'limit=1e1']
  const pages = [
    'after=0',
    'after=5',
    'after=abc',
    'after=',
    'after=-1',
    'after=199',
    'after=999',
    'after=1&after=2',
    'email=a&email=b',
    'limit=1&limit=2',
  ]
  const emails = [
    'Ian.McKay@Example.COM',
    'ian.mckay@example.com',
    'nobody@example.com',
    '',
    "'",
    "siobhan.o'brien@example.com",
  ]
  return [
    ...[...paths, ...more].flatMap((id) =>
      ['GET', 'HEAD'].map((method) => ({ method, target: `/api/customers/${id}`, key })),
    ),
    ...[...queries, ...pages].map((query) => get(`/api/customers?${query}`, key)),
    ...emails.map((email) => get(`/api/customers?email=${encodeURIComponent(email)}`, key)),
    ...['/api/customers/7', '/api/customers', '/api/customers/abc', '/api/customers?limit=abc'].flatMap((target) =>
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].flatMap((method) =>
        [undefined, '', 'wrong', `${key}x`].map((bad) => ({ method, target, key: bad })),
      ),
    ),
    ...['PATCH', 'OPTIONS'].map((method) => ({ method, target: '/api/customers/7', key })),
  ]
}

function writes(key: string): readonly LegacyRequest[] {
  const json = (method: string, target: string, body: unknown): LegacyRequest => {
    return { method, target, key, contentType: 'application/json', body: JSON.stringify(body) }
  }
  const raw = (body: string, contentType: string) => ({
    method: 'POST',
    target: '/api/customers',
    key,
    contentType,
    body,
  })
  const ada = { name: 'Lovelace, Ada', email: 'ada@example.org', password: 'engine1' }
  const addresses = [{ type: 'B', line1: '1 Main St', city: 'Ithaca', state: 'NY', zip: '14850', default: 'Y' }]
  return [
    ...[
      {},
      { name: ' ' },
      { ...ada, email: 'no' },
      { ...ada, password: 'short' },
      { ...ada, email: 'Ian.MCKAY@example.com' },
    ],
    ada,
    { ...ada, email: 'ADA@example.org' },
    { first: 'Grace', last: 'Hopper', email: ' grace@example.org ', password: 'cobol60', newsletter: 'Y', phone: '' },
    { last: 'Cher', email: 'cher@example.org', password: 'believe', interests: 'MUSIC, tea,,', phone: '+1 555' },
    { first: 'Anna', email: 'anna@example.org', password: 'no-last', addresses },
    {
      name: 'x, y, z',
      email: 'xyz@example.org',
      password: 'xxxxxx',
      addresses: [...addresses, { ...addresses[0], type: 'S', line2: '' }],
    },
    { name: 'straße, ĳk ŉ', email: 'ss@example.org', password: 'xxxxxx', interests: 'ß' },
    { name: 5 },
    { ...ada, email: 5 },
    { ...ada, newsletter: true },
    { ...ada, phone: 5 },
    { ...ada, addresses: {} },
    { ...ada, addresses: [{ type: 'Q', line1: 'a', city: 'b' }] },
    { ...ada, addresses: [{ type: 'B', line1: '', city: 'b' }] },
  ]
    .map((body) => json('POST', '/api/customers', body))
    .concat(
      [
        [7, { name: 'Doe, Jane' }],
        [7, { email: 'jane@example.org' }],
        [7, { email: 'ada@example.org' }],
        [7, { email: 'bad' }],
        [8, { status: 'S' }],
        [8, { status: 'Q' }],
        [9, { status: 'X', newsletter: 'Y' }],
        [9, { phone: null }],
        [10, { phone: '' }],
        [10, { phone: '+44 1' }],
        [11, { interests: '' }],
        [11, { interests: 'a,b,,c' }],
        [12, { addresses: [] }],
        [13, { addresses }],
        [14, { name: '' }],
        [14, {}],
        [2, { phone: '1' }],
        [3, { newsletter: 'N' }],
        [9999, { name: 'x' }],
        ['abc', {}],
        [12, { name: 7 }],
        [4, { name: 'mcKay, ian' }],
        [200, { name: 'last, one' }],
      ].map(([id, body]) => json('PUT', `/api/customers/${id}`, body)),
    )
    .concat(
      [20, 21, 20, 9999, 'abc'].map((id) => ({ method: 'DELETE', target: `/api/customers/${id}`, key })),
      [json('PUT', '/api/customers/20', { name: 'gone' }), json('DELETE', '/api/customers/22', {})],
      [
        raw('{"name":', 'application/json'),
        raw('', 'application/json'),
        raw('[]', 'application/json'),
        raw('null', 'application/json'),
      ],
      [raw('name=Form%2C+Fred&email=fred@example.org&password=fredfred', 'application/x-www-form-urlencoded')],
      [
        raw('name=a&name=b', 'application/x-www-form-urlencoded'),
        raw('hello', 'text/plain'),
        raw('<a/>', 'application/xml'),
      ],
      [
        raw(JSON.stringify({ name: 'x'.repeat(300_000) }), 'application/json'),
        raw('{"__proto__":{"name":"x"}}', 'application/json'),
      ],
    )
}

function get(target: string, key: string): LegacyRequest {
  return { method: 'GET', target, key }
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}
