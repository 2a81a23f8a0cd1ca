import { expect, test } from 'vitest'
import type { Json } from '../../base/index.ts'
import { compareRuns, jsonAnswer } from './comparing.fixture.ts'

const statuses = ['active', 'blocked', 'pending'] as const

function customer(exchange: number): { readonly [key: string]: Json } {
  return {
    id: 3000 + exchange,
    name: `  Customer ${exchange} Example`,
    city: `A city with a long name ${exchange * 7}`,
    balance: exchange * 1.37 + 0.01,
    discount: exchange * 0.137 + 1.005,
    status: statuses[exchange % 3] ?? 'active',
    createdAt: new Date(Date.UTC(2025, 0, 1) + exchange * 3_600_123).toISOString(),
    note: exchange % 2 === 0 ? null : 'x',
    tags: [`a${exchange}`, `b${exchange}`, `c${exchange}`],
  }
}

/** Every hundredth exchange shows one of them. */
const faults: readonly ((given: ReturnType<typeof customer>) => Json)[] = [
  (given) => ({ ...given, balance: Math.round(Number(given.balance) * 10000) / 100 }),
  (given) => ({ ...given, createdAt: new Date(Date.parse(String(given.createdAt)) + 5 * 3_600_000).toISOString() }),
  (given) => ({ ...given, city: String(given.city).toUpperCase() }),
  (given) => ({ ...given, name: String(given.name).trim() }),
  (given) => ({ ...given, discount: Math.round(Number(given.discount)) }),
  (given) => ({ ...given, status: given.status === 'blocked' ? 'inactive' : (given.status ?? null) }),
  ({ note: _note, ...given }) => given,
  (given) => ({ ...given, tags: [...(given.tags as string[])].reverse() }),
  (given) => ({ ...given, extra: true }),
  (given) => ({ ...given, city: String(given.city).slice(0, 20) }),
]

test('planted faults are each found as a cluster of its own, with its cause and a remedy that was tried', async () => {
  const { clusters, routes, outcome } = await compareRuns([
    {
      exchanges: 6000,
      legacy: customer,
      service: (exchange) => faults[exchange % 100]?.(customer(exchange)) ?? customer(exchange),
    },
  ])
  const found = Object.fromEntries(clusters.map((cluster) => [`${cluster.path} ${cluster.pattern}`, cluster]))
  expect(Object.keys(found).sort()).toEqual([
    '$.balance times-100',
    '$.city cut-to-20',
    '$.city upper-case',
    '$.createdAt hours+5',
    '$.discount rounded-0',
    '$.extra added',
    '$.name trimmed',
    '$.note null-left-out',
    '$.status enum',
    '$.tags reversed',
  ])
  expect(found['$.balance times-100']).toMatchObject({
    ...{ kind: 'value', exchanges: 60, differences: 60 },
    cause: expect.stringContaining('cents'),
    remedy: { kind: 'translator', removes: 60, hidesOthers: 0, breaks: { exchanges: 198, triedOn: 198 } },
    first: { exchange: 'users.read-000000', request: 'GET /api/customers/0', answers: { legacy: { status: 200 } } },
    last: { exchange: 'users.read-005900' },
  })
  expect(found['$.tags reversed']).toMatchObject({
    cause: expect.stringContaining('reverse order'),
    remedy: {
      kind: 'rule',
      text: '- { path: $.tags, set: true, reason: "why both are right" }',
      removes: 60,
      hidesOthers: 0,
    },
  })
  expect(found['$.discount rounded-0']?.remedy).toMatchObject({ kind: 'rule', removes: 60 })
  expect(found['$.status enum']?.cause).toContain('"blocked" becomes "inactive"')
  expect(routes[0]?.bound).toMatchObject({ compared: 6000, mismatched: 560 })
  expect(outcome).toBe('fail')
})

test('a rule that would hide other differences says how many', async () => {
  const { clusters } = await compareRuns([
    {
      exchanges: 300,
      legacy: (exchange) => ({ code: `a${exchange}b`, other: exchange }),
      service: (exchange) => ({ code: exchange % 3 === 0 ? `A${exchange}B` : `x${exchange * 17}y`, other: exchange }),
    },
  ])
  expect(clusters.map(({ pattern, exchanges }) => [pattern, exchanges])).toEqual([
    ['none', 200],
    ['upper-case', 100],
  ])
  expect(clusters[0]?.remedy).toMatchObject({ kind: 'rule', removes: 200, hidesOthers: 100 })
})

test('random ids, clocks and shuffled lists of both arms are noise: shown, and no mismatch', async () => {
  const random = seeded(7)
  const noisy = (exchange: number): Json => ({
    ...customer(exchange),
    requestId: Math.floor(random() * 2 ** 48).toString(16),
    servedAt: new Date(1_770_000_000_000 + Math.floor(random() * 86_400_000)).toISOString(),
    tick: Math.floor(random() * 1.05),
    items: shuffled(
      [1, 2, 3, 4].map((item) => ({ sku: `s${item}`, price: item * 10 })),
      random,
    ),
  })
  const { routes, clusters, outcome } = await compareRuns([
    { exchanges: 700, legacy: noisy, service: noisy, twice: () => true },
  ])
  expect(clusters).toEqual([])
  expect(routes[0]?.tally).toMatchObject({ compared: 700, mismatched: 0 })
  expect(routes[0]?.tally.noise).toBeGreaterThan(650)
  const paths = routes[0]?.ownNoise.map(({ kind, path }) => `${kind} ${path}`)
  expect(paths).toEqual(
    expect.arrayContaining(['value $.requestId', 'value $.servedAt', 'value $.tick', 'order $.items']),
  )
  expect(outcome).toBe('pass')
})

test('a list that legacy shuffles hides no item that the service leaves out, adds or gets wrong', async () => {
  const items = (exchange: number) => [1, 2, 3, 4, 5].map((count) => ({ name: `item-${count}-${exchange}`, count }))
  const shuffled = (list: readonly Json[], by: number): Json =>
    list.map((_, at) => list[(at + by) % list.length] ?? null)
  let asked = 0
  const faulty = [
    (list: ReturnType<typeof items>) => list.slice(1),
    (list: ReturnType<typeof items>, exchange: number) => [...list, { name: 'more', count: exchange }],
    ([first, ...others]: ReturnType<typeof items>, exchange: number) => [
      { name: first?.name ?? '', count: 1000 + exchange * 37 },
      ...others,
    ],
  ]
  for (const [index, path] of ['$.items[*]', '$.items[*]', '$.items[*].count'].entries()) {
    const { clusters, outcome } = await compareRuns([
      {
        exchanges: 400,
        legacy: (exchange) => ({ items: shuffled(items(exchange), asked++ * 3) }),
        service: (exchange) => {
          const list = items(exchange)
          return { items: shuffled(exchange % 50 === 1 ? (faulty[index]?.(list, exchange) ?? []) : list, asked++ * 3) }
        },
        twice: (exchange) => exchange % 10 === 0,
        twiceWhenMismatched: true,
      },
    ])
    expect({ outcome, found: clusters.map((cluster) => `${cluster.path} ${cluster.exchanges}`) }).toEqual({
      outcome: 'fail',
      found: [`${path} 8`],
    })
  }
})

test('clocks that run on between the arms are noise, whatever pattern a millisecond fits', async () => {
  let now = 1_770_000_000_100
  const random = seeded(3)
  const clocks = (): Json => {
    now += random() < 0.4 ? 1 : 0
    return { at: new Date(now).toISOString(), ms: now, seconds: Math.floor(now / 1000) }
  }
  for (const twice of [true, false]) {
    const { clusters, routes } = await compareRuns([
      {
        exchanges: 800,
        legacy: clocks,
        service: clocks,
        twice: () => twice,
        twiceWhenMismatched: !twice,
        // Legacy is asked again some milliseconds later.
        change: (compared, exchange) => {
          now += exchange % 9
          const answer = jsonAnswer(clocks())
          return compared.legacyAgain === undefined
            ? compared
            : { ...compared, legacyAgain: { ...compared.legacyAgain, answer } }
        },
      },
    ])
    expect(clusters).toEqual([])
    expect(routes[0]?.ownNoise.length).toBeGreaterThanOrEqual(2)
  }
})

test('a zone that is off is found in a clock too', async () => {
  let now = 1_770_000_000_100
  const clock = (hours: number): Json => {
    now += 3
    return { at: new Date(now + hours * 3_600_000).toISOString() }
  }
  const { clusters } = await compareRuns([
    {
      exchanges: 400,
      legacy: () => clock(0),
      service: (exchange) => clock(exchange % 10 === 0 ? 5 : 0),
      twice: () => true,
    },
  ])
  expect(clusters).toMatchObject([{ path: '$.at', pattern: 'hours+5', exchanges: 40 }])
})

test('a regression that hides at a noisy path is told from the noise', async () => {
  const random = seeded(8)
  const noisy = (exchange: number): { readonly [key: string]: Json } => ({
    ...customer(exchange),
    hits: random() < 0.1 ? Math.floor(random() * 1e6) : 7,
    requestId: Math.floor(random() * 2 ** 48).toString(16),
    items: shuffled(
      [1, 2, 3, 4].map((item) => ({ sku: `s${item}`, price: item * 10 + 0.5 })),
      random,
    ),
  })
  const { clusters } = await compareRuns([
    {
      exchanges: 1000,
      legacy: noisy,
      service: (exchange) => {
        const given = noisy(exchange)
        if (exchange % 20 === 0) return { ...given, hits: Number(given.hits) * 100 }
        if (exchange % 20 === 1) return { ...given, requestId: null }
        if (exchange % 20 === 2)
          return {
            ...given,
            items: (given.items as { sku: string; price: number }[]).map((item) => ({
              ...item,
              price: item.price * 100,
            })),
          }
        return given
      },
      twice: () => true,
    },
  ])
  const found = clusters.map(({ path, pattern }) => `${path} ${pattern}`).sort()
  expect(found).toEqual(['$.hits times-100', '$.items[*].price times-100', '$.requestId null-for-value'])
  expect(clusters.find(({ path }) => path === '$.hits')?.besideNoise).toMatchObject({ askedTwice: 1000 })
})

test('where only mismatches are asked twice, what comes again is noise and what does not is a mismatch', async () => {
  const random = seeded(9)
  const { clusters, routes } = await compareRuns([
    {
      exchanges: 1000,
      legacy: (exchange) => ({ ...customer(exchange), requestId: random() }),
      service: (exchange) => ({
        ...customer(exchange),
        requestId: random(),
        ...(exchange % 50 === 0 ? { status: 'x' } : {}),
      }),
      twiceWhenMismatched: true,
    },
  ])
  expect(clusters.map(({ path }) => path)).toEqual(['$.status'])
  expect(routes[0]?.tally).toMatchObject({ mismatched: 20, noise: 980 })
})

test('one second answer of legacy that differs does not excuse a service that always does', async () => {
  const { clusters } = await compareRuns([
    {
      exchanges: 500,
      legacy: (exchange) => ({ total: exchange }),
      service: (exchange) => ({ total: exchange + 5 }),
      twice: () => true,
      change: (compared, exchange) =>
        exchange === 3 && compared.legacyAgain !== undefined && compared.answers.service !== undefined
          ? { ...compared, legacyAgain: { ...compared.legacyAgain, answer: compared.answers.service } }
          : compared,
    },
  ])
  expect(clusters).toMatchObject([
    { pattern: 'added:5', exchanges: 500, besideNoise: { askedTwice: 500, legacyAlone: 1 } },
  ])
})

test('a stale read is told by what legacy had given before', async () => {
  const name = (exchange: number) => `name ${Math.floor(exchange / 10)}`
  const { clusters } = await compareRuns([
    {
      exchanges: 400,
      legacy: (exchange) => ({ name: name(exchange) }),
      service: (exchange) => ({ name: exchange % 10 < 2 && exchange > 10 ? name(exchange - 10) : name(exchange) }),
      change: (compared) => ({ ...compared, request: 'GET /api/customers/7' }),
    },
  ])
  expect(clusters).toMatchObject([
    { path: '$.name', pattern: 'stale-read', cause: expect.stringContaining('stale read') },
  ])
})

test('the gate: 2 995 clean exchanges prove 0.1 %, fewer are unknown, and none are too', async () => {
  const clean = (exchanges: number) =>
    compareRuns([{ exchanges, legacy: customer, service: customer, options: { maxMismatchShare: 0.001 } }])
  expect((await clean(2995)).outcome).toBe('pass')
  const few = await clean(1207)
  expect(few.outcome).toBe('unknown')
  expect(few.conditions[0]?.text).toBe(
    '0 of 1 207 mismatched: at most 0.25% at 95 % confidence; 0.1% needs 2 995 clean',
  )
  const none = await clean(0)
  expect(none).toMatchObject({ outcome: 'unknown', conditions: [{ text: 'nothing was compared' }] })
})

test('a rule that expired or hid too much fails the gate, and one that hid nothing is told', async () => {
  const rule = (path: string, more: object) => ({ path, ignore: true as const, reason: 'known', ...more })
  const { rules, conditions, outcome } = await compareRuns([
    {
      exchanges: 100,
      legacy: (exchange) => ({ a: exchange, b: exchange, c: exchange }),
      service: (exchange) => ({ a: -1, b: exchange % 10 === 0 ? -1 : exchange, c: exchange }),
      rules: [rule('$.a', { until: '2025-01-31' }), rule('$.b', { atMostShare: 0.05 }), rule('$.c', {})],
    },
  ])
  expect(rules.map(({ path, hid, state }) => [path, hid, state])).toEqual([
    ['$.a', 100, 'expired'],
    ['$.b', 10, 'overrun'],
    ['$.c', 0, 'unused'],
  ])
  expect(conditions.filter((condition) => condition.outcome === 'fail')).toHaveLength(2)
  expect(outcome).toBe('fail')
})

test('what production shows and the exchanges lack is coverage', async () => {
  const production = {
    source: 'recording all.ndjson',
    classes: [
      { route: 'users.read', status: 200, count: 90 },
      { route: 'users.read', status: 404, count: 7 },
      { route: 'users.read', status: 200, shape: '200 ?page {id}', count: 2 },
      { route: 'users.export', status: 200, count: 3 },
    ],
  }
  const { coverage } = await compareRuns([{ exchanges: 5, legacy: customer, service: customer }], { production })
  expect(coverage).toMatchObject({
    seen: 102,
    lacking: [
      { route: 'users.read', what: 'status', value: '404', count: 7 },
      { route: 'users.export', what: 'route', count: 3 },
      { route: 'users.read', what: 'shape', value: '200 ?page {id}', count: 2 },
    ],
  })
})

/** A small generator with a seed (mulberry32), so that a run can be repeated. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
