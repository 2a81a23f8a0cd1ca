import { expect, test } from 'vitest'
import { buildIdMap } from './id-map.ts'
import { buildKnownValues } from './known-values.ts'
import { ownValues } from './own-values.ts'
import { producedInBody, producedInHeaders } from './produced.ts'

test('ids, links and tokens of JSON are found by name and by form, and nothing else', () => {
  const body = JSON.stringify({
    id: 31,
    name: 'Springfield',
    placedAt: '2026-11-21T10:00:00Z',
    total: 19.5,
    quantity: 3,
    customer: { customerNo: 'C-1001', href: '/customers/77?ref=x9' },
    lines: [{ id: 'a' }, { id: 'b' }],
    anything: '0d3f2a1c-7a44-4d0e-9a51-3a2f7e0c9b11',
  })
  const found = producedInBody(body, '/api/orders').map(({ place, noun, value }) => `${place} ${noun} ${value}`)
  expect(found).toEqual([
    '$.id order 31',
    '$.customer.customerNo customer C-1001',
    '$.customer.href /customers/{}#2 customer 77',
    '$.customer.href /customers/{}?ref customer x9',
    '$.lines[*].id line a',
    '$.lines[*].id line b',
    '$.anything anything 0d3f2a1c-7a44-4d0e-9a51-3a2f7e0c9b11',
  ])
})

test('hidden fields, token metas and links of HTML are found, with their entities undone', () => {
  const page = `<meta name="csrf-token" content="t1"><a href="/orders/31?page=2">31</a>
    <form action='/orders/31/cancel'><input type=hidden name=product value=17><input name="note" value="no">
    <input value="a&amp;b" name="csrf" type="hidden"></form>`
  const found = producedInBody(page, '/orders').map(({ place, noun, value }) => `${place} ${noun} ${value}`)
  expect(found).toEqual([
    'html:hidden csrf-token csrf t1',
    'html:a /orders/{}#2 order 31',
    'html:form /orders/{}/cancel#2 order 31',
    'html:hidden product product 17',
    'html:hidden csrf csrf a&b',
  ])
})

test('cookies, locations and versions of headers are found', () => {
  const headers = new Map([
    ['set-cookie', ['sid=abc; Path=/', 'theme=; Max-Age=0']],
    ['location', ['https://shop.example/orders/31']],
    ['etag', ['"v1"']],
    ['x-request-id', ['r-1']],
  ])
  expect(producedInHeaders(headers).map(({ place, value }) => `${place} ${value}`)).toEqual([
    'cookie:sid abc',
    'header:location /orders/{}#2 31',
    'header:etag "v1"',
  ])
})

test('a list that moved is matched by what stayed, and the rest in order; a list of another length is not guessed', () => {
  const ids = (...values: readonly number[]) => producedInBody(JSON.stringify(values.map((id) => ({ id }))), '/orders')
  expect(ownValues(ids(30, 31, 32), ids(900, 30, 901), () => undefined)).toEqual(['30', '900', '901'])
  expect(ownValues(ids(30, 31), ids(900), () => undefined)).toEqual([undefined, undefined])
  // Another session's order bears the number that ours has in the recording: what is known is believed first.
  const known = (at: number) => (at === 0 ? '33' : undefined)
  expect(ownValues(ids(31, 33), ids(31, 33), known)).toEqual(['33', '31'])
})

test('short values are known only where they are about the same thing; old ones are forgotten and counted', () => {
  const known = buildKnownValues(4)
  const put = (value: string, noun: string) =>
    known.put({ value, noun, place: '$', passing: false }, 'a', { legacy: '1', service: '2' })
  put('31', 'order')
  expect(known.find({ value: '31', noun: 'order' }, 'b')?.service).toBe('2')
  expect(known.find({ value: '31', noun: 'quantity' }, 'a')).toBeUndefined()
  for (const value of ['32', '33', '34']) put(value, 'order')
  expect(known.find({ value: '31', noun: 'order' }, 'a')).toBeUndefined()
  expect(known.find({ value: '34', noun: 'order' }, 'a')).toBeDefined()
  expect(known.forgotten()).toBe(2)
})

test('one legacy id that meets two service ids is a finding, and the first pair stays', () => {
  const ids = buildIdMap(100)
  const learn = (legacy: string, service: string, exchange: string, noun = 'order') =>
    ids.learn({ noun, legacy, service, passing: false }, exchange)
  learn('31', '700', 'x1')
  learn('31', '700', 'x2')
  learn('31', '55', 'x2', 'customer')
  learn('31', '701', 'x3')
  expect(ids.pairs()).toBe(2)
  expect(ids.conflicts()).toEqual([{ legacy: '31', service: ['700', '701'], exchange: 'x3' }])
  expect(ids.relate(31, '700')).toBe('same')
  expect(ids.relate('31', '701')).toBe('conflict')
  expect(ids.relate('90', '700')).toBe('conflict')
  expect(ids.relate('90', '91')).toBe('unknown')
})
