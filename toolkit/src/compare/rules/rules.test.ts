import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compared, comparedBy, found } from '../answers.fixture.ts'
import type { IdPairs } from '../ids.ts'
import { type CompareRule, formatHow, isExpired } from './rule.ts'

const because = { reason: 'planted by a test' }
const bySku: CompareRule = { path: '$.items', keyed: 'sku', ...because }
const asSet: CompareRule = { path: '$.tags', set: true, ...because }

describe('an array that is keyed', () => {
  const items = (...skus: readonly string[]) => ({ items: skus.map((sku) => ({ sku, price: sku.length })) })

  test('has items that belong together by their key, in any order, which is told as noise', () => {
    expect(compared(items('a', 'b', 'c'), items('a', 'b', 'c'), [bySku]).kind).toBe('match')
    const turned = compared(items('a', 'b', 'c'), items('c', 'a', 'b'), [bySku])
    expect(found(turned)).toEqual(['noise: order $.items'])
    expect(turned).toMatchObject({ hid: [bySku] })
    expect(found(compared(items('a', 'b'), items('b', 'a')))).toEqual(['order $.items'])
  })

  test('tells an item that is gone, and one that is new, each as itself', () => {
    expect(found(compared(items('a', 'b', 'c'), items('a', 'c'), [bySku]))).toEqual(['missing $.items[1]'])
    expect(found(compared(items('a', 'c'), items('a', 'b', 'c'), [bySku]))).toEqual(['extra $.items[1]'])
    expect(found(compared(items('a', 'b'), items('a', 'x'), [bySku]))).toEqual([
      'missing $.items[1]',
      'extra $.items[1]',
    ])
  })

  test('tells what differs in an item, at its place in legacy', () => {
    const legacy = {
      items: [
        { sku: 'a', price: 1 },
        { sku: 'b', price: 2 },
      ],
    }
    const service = {
      items: [
        { sku: 'b', price: 200 },
        { sku: 'a', price: 1 },
      ],
    }
    expect(found(compared(legacy, service, [bySku]))).toEqual(['value $.items[1].price', 'noise: order $.items'])
  })

  test('may repeat a key, lack it, or hold what is no object', () => {
    const odd = { items: [{ sku: 'a', n: 1 }, { sku: 'a', n: 2 }, { n: 3 }, 7, null] }
    expect(compared(odd, odd, [bySku]).kind).toBe('match')
    const turned = { items: [...odd.items].reverse() }
    expect(['mismatch', 'noise']).toContain(compared(odd, turned, [bySku]).kind)
  })
})

describe('an array that is a set', () => {
  test('has no order, and tells what only one side holds', () => {
    expect(found(compared({ tags: ['a', 'b', 'c'] }, { tags: ['c', 'b', 'a'] }, [asSet]))).toEqual([
      'noise: order $.tags',
    ])
    expect(found(compared({ tags: ['a', 'b', 'c'] }, { tags: ['c', 'a'] }, [asSet]))).toContain('missing $.tags[1]')
    expect(found(compared({ tags: ['a', 'a'] }, { tags: ['a'] }, [asSet]))).toEqual(['missing $.tags[1]'])
  })

  test('pairs objects that have most in common', () => {
    const legacy = {
      tags: [
        { n: 1, city: 'Rome', zip: 1 },
        { n: 2, city: 'Oslo', zip: 2 },
        { n: 3, city: 'Wien', zip: 3 },
      ],
    }
    const service = {
      tags: [
        { n: 3, city: 'Wien', zip: 3 },
        { n: 2, city: 'OSLO', zip: 2 },
        { n: 1, city: 'ROME', zip: 1 },
      ],
    }
    expect(found(compared(legacy, service, [asSet]))).toEqual([
      ...['value $.tags[0].city', 'value $.tags[1].city', 'noise: order $.tags'],
    ])
  })

  test('matches every permutation of itself', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 2 })), fc.infiniteStream(fc.nat()), (tags, draws) => {
        const turned = tags.map((tag) => [draws.next().value ?? 0, tag] as const).sort(([a], [b]) => a - b)
        const verdict = compared({ tags }, { tags: turned.map(([, tag]) => tag) }, [asSet])
        expect(found(verdict).filter((text) => text !== 'noise: order $.tags')).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

test.each([
  [10, 10.01, true],
  [1.15, 1.14, true],
  ['12.50', '12.505', true],
  [10, 10.02, false],
  [10, '10', false],
  ['a', 'b', false],
])('within a tolerance of 0.01: %s and %s, %s', (a, b, accepted) => {
  const verdict = compared({ total: a }, { total: b }, [{ path: '$.total', tolerance: 0.01, ...because }])
  expect(verdict.kind).toBe(accepted ? 'noise' : 'mismatch')
})

test.each([
  ['2026-03-04T09:00:00Z', '2026-03-04T10:00:00+01:00', true],
  ['2026-03-04T09:00:00Z', '2026-03-04 09:00:00', true],
  ['2026-03-04T09:00:00.900Z', '2026-03-04T09:00:00Z', true],
  ['Wed, 04 Mar 2026 09:00:00 GMT', 1_772_614_800, true],
  ['2026-03-04T09:00:00Z', 1_772_614_800_000, true],
  ['2026-03-04T09:00:00Z', '2026-03-04T14:00:00Z', false],
  ['2026-03-04T09:00:00Z', 'soon', false],
])('within an instant of 1 s: %s and %s, %s', (a, b, accepted) => {
  const verdict = compared({ at: a }, { at: b }, [{ path: '$.at', instantMs: 1000, ...because }])
  expect(verdict.kind).toBe(accepted ? 'noise' : 'mismatch')
})

describe('ids', () => {
  const pairs = new Map([['3010', '5001']])
  const ids: IdPairs = {
    relate(legacy, service) {
      const known = pairs.get(String(legacy))
      if (known === String(service)) return 'same'
      return known !== undefined || [...pairs.values()].includes(String(service)) ? 'conflict' : 'unknown'
    },
  }
  const rule: CompareRule = { path: '$.id', id: true, ...because }

  test('that are known to be of one thing are equal, as values and within text', () => {
    const legacy = { id: 3010, self: '/customers/3010/orders?of=3010' }
    const service = { id: 5001, self: '/customers/5001/orders?of=5001' }
    expect(comparedBy(legacy, service, { rules: [], ids }).kind).toBe('match')
    expect(found(comparedBy({ n: 'is 3010 ok' }, { n: 'is 5002 ok' }, { rules: [], ids }))).toEqual(['value $.n'])
  })

  test('that a rule calls ids may differ, unless they belong to two things', () => {
    expect(comparedBy({ id: 1 }, { id: 'b-2' }, { rules: [rule], ids }).kind).toBe('noise')
    expect(comparedBy({ id: 3010 }, { id: 5002 }, { rules: [rule], ids }).kind).toBe('mismatch')
    expect(comparedBy({ id: 3010 }, { id: 3010 }, { rules: [rule], ids }).kind).toBe('mismatch')
    expect(comparedBy({ id: 3010 }, { id: 3010 }, { rules: [], ids }).kind).toBe('match')
  })

  test('pair the items of a keyed array', () => {
    const byId: CompareRule = { path: '$.all', keyed: 'id', ...because }
    const legacy = {
      all: [
        { id: 1, n: 'x' },
        { id: 3010, n: 'a' },
      ],
    }
    const service = {
      all: [
        { id: 5001, n: 'a' },
        { id: 1, n: 'x' },
      ],
    }
    expect(found(comparedBy(legacy, service, { rules: [byId], ids }))).toEqual(['noise: order $.all'])
  })
})

test('a rule for one index goes before and beside one for any, and says nothing of what lies below', () => {
  const rules: readonly CompareRule[] = [
    { path: '$.a[*].x', ignore: true, ...because },
    { path: '$.a[1].y', ignore: true, ...because },
  ]
  const legacy = {
    a: [
      { x: 1, y: 1 },
      { x: 1, y: 1 },
    ],
  }
  const service = {
    a: [
      { x: 2, y: 2 },
      { x: 2, y: 2 },
    ],
  }
  expect(found(compared(legacy, service, rules))).toEqual([
    ...['value $.a[0].y', 'noise: value $.a[0].x', 'noise: value $.a[1].x', 'noise: value $.a[1].y'],
  ])
  const outer: CompareRule = { path: '$.a', ignore: true, ...because }
  expect(found(compared(legacy, service, [outer]))).toHaveLength(4)
  expect(found(compared(legacy, { a: 7 }, [outer]))).toEqual(['noise: type $.a'])
})

test('a rule expires after its last day, and says how it accepts in a few words', () => {
  const rule: CompareRule = { path: '$.a', tolerance: 0.01, until: '2027-01-31', ...because }
  expect(isExpired(rule, Date.parse('2027-01-31T23:59:59Z'))).toBe(false)
  expect(isExpired(rule, Date.parse('2027-02-01T00:00:00Z'))).toBe(true)
  expect([rule, bySku, asSet].map(formatHow)).toEqual(['tolerance: 0.01', 'keyed: sku', 'set'])
})
