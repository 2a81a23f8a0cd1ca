import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grid } from './grid.ts'

const plain = (columns: number) => ({ columns, colour: false })

test('columns are as wide as what stands in them, numbers are aligned right', () => {
  const text = grid(
    plain(80),
    [{ head: 'route' }, { head: 'requests', right: true }],
    [
      ['users.read', '7'],
      ['a', '4 812'],
    ],
  )
  expect(text.split('\n')).toEqual(['route       requests', 'users.read         7', 'a              4 812'])
})

test('what is too wide wraps at words, and at letters only where a word does not fit', () => {
  const narrow = (cell: string) => grid(plain(20), [{ head: '#' }, { head: 'what' }], [['1', cell]]).split('\n')
  expect(narrow('flip users.read back again')).toEqual(['#  what', '1  flip users.read', '   back again'])
  expect(
    narrow('POST,PUT,PATCH,DELETE')
      .slice(1)
      .map((line) => line.trim().replace(/^1 +/, ''))
      .join(''),
  ).toBe('POST,PUT,PATCH,DELETE')
})

test('a number keeps its unit beside it while words can still wrap', () => {
  const columns = [{ head: 'serve' }, { head: 'p50', right: true }, { head: 'p99', right: true }]
  const text = grid(plain(23), columns, [['-> monolith', '2.3 ms', '13 ms']])
  expect(text.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim())).toEqual([
    'serve p50 p99',
    '-> 2.3 ms 13 ms',
    'monolith',
  ])
})

test('no line is wider than the terminal, and no letter is lost', () => {
  const word = fc.stringMatching(/^[a-z]{1,30}$/)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 30, max: 100 }),
      (rows, width) => {
        const text = stripVTControlCharacters(grid(plain(width), [{ head: 'a' }, { head: 'b' }, { head: 'c' }], rows))
        const letters = (all: string) => [...all.replace(/\s/g, '')].sort().join('')
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
        expect(letters(text)).toBe(letters(`abc${rows.flat().join('')}`))
      },
    ),
    { numRuns: 50 },
  )
})
