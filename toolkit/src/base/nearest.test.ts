import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestWord } from './nearest.ts'

test.each([
  ['usres', ['orders', 'users'], 'users'],
  ['legcay', ['legacy', 'service'], 'legacy'],
  ['GTE', ['GET', 'PUT'], 'GET'],
  ['servic', ['legacy', 'service'], 'service'],
  ['Users', ['users'], 'users'],
  ['invoices', ['users', 'orders'], undefined],
  ['x', [], undefined],
])('%s among %j is meant to be %s', (word, known, nearest) => {
  expect(nearestWord(word, known)).toBe(nearest)
})

test('any two neighbours that changed places are forgiven, also in a short word', () => {
  const word = fc.stringMatching(/^[a-z]{3,12}$/)
  fc.assert(
    fc.property(word, fc.nat(), (right, at) => {
      const index = at % (right.length - 1)
      const typed = right.slice(0, index) + right.charAt(index + 1) + right.charAt(index) + right.slice(index + 2)
      expect(nearestWord(typed, [right])).toBe(right)
    }),
  )
})
