import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bag, type Seat } from './bag.ts'

test('a bag holds what came and has not left, however they come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat())), (steps) => {
      const bag = new Bag<number>()
      const seats: Seat<number>[] = []
      for (const [n, leaver] of steps.entries()) {
        const [seat] = leaver === null ? [] : seats.splice(leaver % Math.max(1, seats.length), 1)
        if (seat === undefined) seats.push(bag.add(n))
        else expect(bag.remove(seat)).toBe(true)
      }
      expect(bag.members().toSorted()).toEqual(seats.map(({ member }) => member).toSorted())
      expect(bag.size).toBe(seats.length)
    }),
  )
})

test('what has left a bag cannot leave it again, and takes nobody with it', () => {
  const bag = new Bag<string>()
  const first = bag.add('first')
  bag.add('second')
  expect([bag.remove(first), bag.remove(first)]).toEqual([true, false])
  expect(bag.members()).toEqual(['second'])
})
