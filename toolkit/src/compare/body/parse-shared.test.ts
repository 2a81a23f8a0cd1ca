import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../base/index.ts'
import { answered, found } from '../answers.fixture.ts'
import { compareAnswers } from '../compare.ts'
import type { CompareRule } from '../rules/rule.ts'
import { equalPieces } from './equal-pieces.ts'
import { equalRuns } from './equal-runs.ts'
import { parseShared } from './parse-shared.ts'

const reason = 'as agreed'
const rules: readonly CompareRule[] = [
  { path: '$.items', keyed: 'sku', reason },
  { path: '$.tags', set: true, reason },
  { path: '$.list[*].note', ignore: true, reason },
]

/** Of a size at which sharing pays. */
const order = {
  name: 'Siobhan',
  items: Array.from({ length: 60 }, (_, at) => ({
    sku: `S${at}`,
    price: at / 4,
    parts: [{ of: `é ${at}` }, { of: null }],
  })),
  tags: Array.from({ length: 40 }, (_, at) => ({ tag: `tag "${at}\\` })),
  list: Array.from({ length: 60 }, (_, at) => ({ note: `note ${at % 7}`, more: { [at]: [at, [at]], '': at } })),
}
const text = JSON.stringify(order)

describe('what two texts have in common', () => {
  test('is equal byte for byte, in order and without overlap', () => {
    fc.assert(
      fc.property(edited(), (other) => {
        const [a, b] = [Buffer.from(text), Buffer.from(other)]
        let [left, right] = [0, 0]
        for (const { from, to, shift } of equalRuns(a, b)) {
          expect(from >= left && from + shift >= right && to > from).toBe(true)
          expect(a.subarray(from, to).equals(b.subarray(from + shift, to + shift))).toBe(true)
          ;[left, right] = [to, to + shift]
        }
        expect(left <= a.length && right <= b.length).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('is found around a difference, and on both sides of one that is longer', () => {
    const [a, b] = [
      Buffer.from(text),
      Buffer.from(text.replace('"S30"', '"S30, and more"').replace('"price":1.25,', '')),
    ]
    const { pieces } = equalPieces(a, equalRuns(a, b))
    expect(pieces.reduce((sum, { from, to }) => sum + to - from, 0)).toBeGreaterThan(0.9 * a.length)
  })
})

describe('parsing it once', () => {
  test('gives the values of both texts, or none', () => {
    let times = 0
    fc.assert(
      fc.property(edited(), (other) => {
        const values = parseShared(Buffer.from(text), Buffer.from(other))
        if (values === undefined) return
        times += 1
        expect(values).toEqual([order, JSON.parse(other)])
      }),
      { numRuns: 150 },
    )
    expect(times).toBeGreaterThan(15)
  })

  test('changes no verdict', () => {
    fc.assert(
      fc.property(edited(), edited(), (legacy, service) => {
        if (!isJson(legacy) || !isJson(service)) return
        // A space after each bracket and comma outside of texts makes nothing of it equal, and changes no value.
        expect(verdictOn(legacy, service)).toEqual(verdictOn(legacy, spaced(service)))
      }),
      { numRuns: 150 },
    )
  })

  test.each([
    ['a duplicate key in what is shared', text.replace('"price":5,', '"price":5,"price":5,')],
    ['a duplicate key beside it', text.replace('"name"', '"name":1,"name"')],
    ['a number beyond a double', text.replace('"price":5,', '"price":12345678901234567890,')],
    ['an exponent beyond a double', text.replace('"price":5,', '"price":5e-400,')],
    ['U+0001 as an escape', text.replace('note 3', '\\u00010')],
    ['what is no JSON', text.replace('"price":5,', '"price":05,')],
    ['brackets that do not match', text.replace('[{"of":"é 20"},', '[{"of":"é 20"]}')],
    ['a byte order mark', `\uFEFF${text}`],
  ])('is left to others for %s', (_name, odd) => {
    expect(parseShared(Buffer.from(odd), Buffer.from(odd.replace('Siobhan', 'SIOBHAN')))).toBeUndefined()
  })

  test('is left to others for what nests too deep', () => {
    const deep = text.replace('"price":5,', `"price":${'['.repeat(2000)}${']'.repeat(2000)},`)
    expect(found(compareAnswers(answered(deep), answered(deep.replace('Siobhan', 'x')), { rules: [] }))).toEqual([
      'value $.name',
    ])
  })

  test('is done for a text with __proto__ and constructor as keys', () => {
    const odd = text.replaceAll('"more"', '"__proto__"').replaceAll('"note"', '"constructor"')
    const other = odd.replace('"S30"', '"s30"').replace('[7,[7]]', '[8,[7]]')
    expect(parseShared(Buffer.from(odd), Buffer.from(other))).toEqual([JSON.parse(odd), JSON.parse(other)])
    expect(found(compareAnswers(answered(odd), answered(other), { rules: [] }))).toEqual([
      'value $.items[30].sku',
      'value $.list[7].__proto__["7"][0]',
    ])
  })
})

test('an array that moved is compared by what it holds, whether or not it was parsed once', () => {
  const twice = text.replace('{"sku":"S5"', '{"sku":"S5","sku":"S6"')
  const moved = twice.replace('"items":[', '"items":[{"sku":"new"},')
  expect(found(compareAnswers(answered(twice), answered(moved), { rules: [] }))[0]).toBe('length $.items')
})

function isJson(json: string): boolean {
  return parseJson(json) !== undefined
}

function verdictOn(legacy: string, service: string) {
  return compareAnswers(answered(legacy), answered(service), { rules })
}

/** The text with up to four places changed: a value, a key, an item put in or taken out or moved, a cut, a stray bracket. */
function edited(): fc.Arbitrary<string> {
  const change = fc.tuple(
    fc.constantFrom('"sku"', '"price":', '{"of":null}', 'note 3', ',{', '}', '"tag', '"', '[', 'é'),
    fc.nat({ max: 30 }),
    fc.constantFrom('"x"', '"sku"', '{"of":1}', '', '{"sku":"S7"},{', '1', '"S1":', '[[]]', '"a":[{}],', ',', ':'),
    fc.constantFrom(...(['replace', 'before', 'after'] as const)),
  )
  return fc.array(change, { maxLength: 4 }).map((changes) => changes.reduce(edit, text))
}

type Change = readonly [find: string, nth: number, put: string, where: 'replace' | 'before' | 'after']

function edit(from: string, [find, nth, put, where]: Change): string {
  const at = from.split(find, nth + 1).join(find).length
  const kept = where === 'replace' ? '' : from.slice(at, at + find.length)
  return `${from.slice(0, at)}${where === 'after' ? kept + put : put + kept}${from.slice(at + find.length)}`
}

function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[[{,]/g, (token) => (token.startsWith('"') ? token : `${token} \n`))
}
