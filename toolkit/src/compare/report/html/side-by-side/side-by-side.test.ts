import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headRows } from './head-rows.ts'
import { alignBodies } from './rows.ts'
import { sideBySide } from './side-by-side.ts'

test('one changed leaf of a long body is the one row that differs, with its path', () => {
  const items = Array.from({ length: 30 }, (_, index) => ({ sku: `S${index}`, price: index }))
  const changed = items.map((item, index) => (index === 7 ? { ...item, price: 700 } : item))
  const rows = alignBodies(JSON.stringify({ items }), JSON.stringify({ items: changed }))
  expect(rows.filter(({ left, right }) => left !== right)).toEqual([
    { left: '      "price": 7', right: '      "price": 700', path: '$.items[7].price' },
  ])
})

test('numbers are shown with the digits that were sent, and a key that stands there twice is shown twice', () => {
  const rows = alignBodies('{"id":9007199254740993,"a":1,"a":2}', '{"id":9007199254740992,"a":1,"a":2}')
  expect(rows.filter(({ left, right }) => left !== right)).toMatchObject([
    { left: '  "id": 9007199254740993', right: '  "id": 9007199254740992' },
  ])
  expect(rows.filter(({ left }) => left?.includes('"a"'))).toHaveLength(2)
})

test('an item more, or one less, marks that item alone', () => {
  const rows = alignBodies('[{"id":1},{"id":2},{"id":3}]', '[{"id":1},{"id":3}]')
  expect(rows.filter(({ right }) => right === undefined).map(({ left }) => left?.trim())).toEqual(['{', '"id": 2', '}'])
})

test('the order of keys is no difference, and equal JSON has no marked row', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse())
      const rows = alignBodies(JSON.stringify(value), JSON.stringify(turned, null, 3))
      expect(rows.filter(({ left, right }) => left !== right)).toEqual([])
    }),
  )
})

test('what is no JSON is shown by its lines; what is nested without end is shown on one', () => {
  expect(alignBodies('<p>\n<b>x</b>\n</p>', '<p>\n<b>y</b>\n</p>')[1]).toMatchObject({
    left: '<b>x</b>',
    right: '<b>y</b>',
  })
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  expect(alignBodies(deep, '1').length).toBeLessThan(200)
})

test('what a body holds never becomes markup, and an unseen character is shown', () => {
  const { text } = shown('{"a":"<script>alert(1)</script>"}', '{"a":"\u202e<img src=x onerror=1>"}', '$.a')
  expect(text).not.toMatch(/<script|<img|\u202e/)
  expect(text).toContain('\\u202e')
  expect(text).toContain('class="ln diff meant"')
})

test('long equal stretches are folded, so that a difference far down is shown, and what is beyond the bound is counted', () => {
  const list = (last: number) => JSON.stringify([...Array.from({ length: 600 }, (_, index) => index), last])
  const { text } = shown(list(-1), list(-2), '$[600]')
  expect(text).toMatch(/59\d equal lines/)
  expect(text.match(/class="ln/g)).toHaveLength(5)
  const all = shown(list(-1), list(-2).replaceAll(/(\d+)/g, '$1.5'), '$[600]')
  expect(all.text).toMatch(/20\d more lines are not shown/)
})

test('a header stands opposite itself, and what is known to be noise is marked weakly', () => {
  const answer = (headers: readonly (readonly [string, string])[]) => ({
    status: 200,
    headers,
    body: '',
    truncated: false,
  })
  const rows = headRows(
    answer([
      ['Date', 'a'],
      ['ETag', 'x'],
    ]),
    answer([
      ['X-New', '1'],
      ['date', 'b'],
      ['etag', 'y'],
    ]),
  )
  expect(rows.map(({ left, right }) => [left, right])).toEqual([
    ['status: 200', 'status: 200'],
    ['date: a', 'date: b'],
    ['etag: x', 'etag: y'],
    [undefined, 'x-new: 1'],
  ])
  const { text } = sideBySide(rows, { meant: 'header:etag', isNoise: (path) => path === 'header:date' })
  expect(text.match(/class="ln[^"]*"/g)).toEqual([
    'class="ln"',
    'class="ln diff noise"',
    'class="ln diff meant"',
    'class="ln diff"',
  ])
})

function shown(left: string, right: string, meant: string) {
  return sideBySide(alignBodies(left, right), { meant, isNoise: () => false })
}
