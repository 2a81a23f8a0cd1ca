import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headerMap } from '../answer/answer.ts'
import { shapeOf } from './shape.ts'

test('the shape of an exchange is its status, its parameters and the model of its body, not its values', () => {
  const customer = { id: 7, name: 'Ada', addresses: [{ city: 'Wien' }], stats: { orders: 3 }, note: null }
  expect(shapeOf(json(customer), ['status', 'page', 'page'])).toBe(
    '200 ?page&status {addresses[],id,name,note,stats{}}',
  )
  expect(shapeOf(json({ ...customer, id: 8, addresses: [] }), [])).toBe('200 {addresses[],id,name,note,stats{}}')
  expect(shapeOf(json([{ id: 1 }, { id: 2 }]), [])).toBe('200 [{id}]')
  expect(shapeOf(json([]), [])).toBe('200 []')
  expect(shapeOf(json('text'), [])).toBe('200 string')
})

test('keys that are ids do not make a shape of their own for each exchange', () => {
  expect(shapeOf(json({ 3010: {}, 3011: {} }), [])).toBe('200 {*{}}')
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${'x'.repeat(index % 40)}${index}`, 1]))
  expect(shapeOf(json(many), [])).toBe('200 {*}')
})

test('what is not JSON has a shape by its media type', () => {
  expect(shapeOf(answer('<p>', 'text/html; charset=utf-8'), [])).toBe('200 html')
  expect(shapeOf(answer('', undefined), [])).toBe('200 empty')
  expect(shapeOf(answer('{"a":', 'application/json'), [])).toBe('200 broken json')
  expect(shapeOf(answer(`["${'x'.repeat(70_000)}"]`, 'application/json'), [])).toBe('200 large list')
})

function json(value: unknown) {
  return answer(JSON.stringify(value), 'application/json')
}

function answer(body: string, type: string | undefined) {
  const headers = headerMap(type === undefined ? [] : [['Content-Type', type]])
  return { status: 200, headers, body: Buffer.from(body), truncated: false }
}

test('a shape that was met before is the same as one that was not, whatever came between', () => {
  const plain = (model: Readonly<Record<string, unknown>>) => {
    const suffix = (value: unknown) => (Array.isArray(value) ? '[]' : typeof value === 'object' && value ? '{}' : '')
    return [...new Set(Object.keys(model).map((key) => `${key}${suffix(model[key])}`))].sort().join(',')
  }
  const value = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.constant([1]), fc.constant({ a: 1 }))
  const model = fc.dictionary(fc.constantFrom('id', 'name', 'tags', 'price', '_x', '$y', 'city'), value)
  fc.assert(
    fc.property(model, (one) => {
      expect(shapeOf(json(one), [])).toBe(`200 {${plain(one)}}`)
      expect(shapeOf(json(one), [])).toBe(`200 {${plain(one)}}`)
    }),
  )
})
