import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { type Carried, walkRequest } from './carried.ts'

type Request = Exchange['request']

const json = fc.json().filter((text) => /^[[{]/.test(text))
const text = fc.string({ maxLength: 20 })
const anyRequest: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  target: fc.oneof(
    fc.webPath(),
    fc.webUrl().map((url) => url.replace(/^[a-z]+:\/\/[^/?#]*/, '/')),
  ),
  headers: fc.array(fc.tuple(fc.constantFrom('Cookie', 'X-Token', 'If-Match', 'Content-Type'), text)),
  body: fc.option(
    fc.oneof(json, text, fc.webQueryParameters()).map((data) => ({
      ...({ encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false } as const),
    })),
    { nil: undefined },
  ),
})

test('a request in which nothing is replaced keeps every byte', () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      expect(walkRequest(request, () => undefined)).toEqual(request)
      expect(walkRequest(request, ({ value }) => value)).toEqual(request)
    }),
  )
})

test('what is replaced by another value and back again is the same request', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (one, other) => {
      fc.pre(one !== other)
      const request = carrying(one)
      const there = walkRequest(request, ({ value }) => (value === one ? other : undefined))
      expect(JSON.stringify(there)).not.toContain(one)
      expect(there).toEqual(carrying(other))
      expect(walkRequest(there, ({ value }) => (value === other ? one : undefined))).toEqual(request)
    }),
  )
})

test('each value is found with what it is about', () => {
  const found: Carried[] = []
  walkRequest(
    {
      method: 'POST',
      target: '/api/customers/3010/orders?order_id=7&page=2',
      headers: [['Cookie', 'theme=dark; sid=abc']],
      body: stored('{"productId": 12, "lines": [{"id": "a1"}], "note": "say \\"hi\\""}'),
    },
    (carried) => {
      found.push(carried)
      return undefined
    },
  )
  const nouns = found.map(({ in: place, noun, value }) => `${place} ${noun} ${value}`)
  expect(nouns).toEqual([
    ...['path  api', 'path api customers', 'path customer 3010', 'path customer orders'],
    ...['query order 7', 'query page 2', 'cookie theme dark', 'cookie sid abc'],
    ...['body product 12', 'body line a1', 'body note say "hi"'],
  ])
})

test('tokens inside of longer texts are replaced, each in the coding of its place', () => {
  const token = '~tok_0123456789ab'
  const request: Request = {
    method: 'POST',
    target: `/reset/${token}?next=a%20${token}`,
    headers: [['Authorization', `Bearer ${token}`]],
    body: stored(`{"text": "is ${token}"}`),
  }
  const sent = walkRequest(request, ({ value }) => (value === token ? 'a "b"&c' : undefined))
  expect(sent.target).toBe('/reset/a%20%22b%22%26c?next=a%20a%20%22b%22%26c')
  expect(sent.headers).toEqual([['Authorization', 'Bearer a "b"&c']])
  expect(sent.body?.data).toBe('{"text": "is a \\"b\\"&c"}')
})

function carrying(id: string): Request {
  return {
    method: 'POST',
    target: `/orders/${id}/lines?ref=${id}`,
    headers: [
      ['Cookie', `a=1; order=${id}`],
      ['If-Match', id],
    ],
    body: stored(`{"id": "${id}", "deep": [{"orderId":"${id}"}], "n": 1.50}`),
  }
}

function stored(data: string): NonNullable<Request['body']> {
  return { encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false }
}
