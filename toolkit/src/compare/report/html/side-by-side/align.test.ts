import fc from 'fast-check'
import { expect, test } from 'vitest'
import { align } from './align.ts'

const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })

test('every item of both lists stands exactly once, in its own order', () => {
  fc.assert(
    fc.property(texts, texts, (left, right) => {
      const pairs = align(left, right)
      const indexes = (side: 0 | 1) => pairs.map((pair) => pair[side]).filter((index) => index >= 0)
      expect(indexes(0)).toEqual(left.map((_, index) => index))
      expect(indexes(1)).toEqual(right.map((_, index) => index))
      expect(pairs).not.toContainEqual([-1, -1])
    }),
  )
})

test('a list stands opposite itself, and an item that came in pushes the rest down without marking it', () => {
  fc.assert(
    fc.property(texts, fc.nat(12), (list, at) => {
      expect(align(list, list)).toEqual(list.map((_, index) => [index, index]))
      const grown = [...list.slice(0, at), 'new', ...list.slice(at)]
      expect(align(list, grown).filter(([left]) => left === -1)).toHaveLength(1)
    }),
  )
})
