import { expect, test } from 'vitest'
import { openScratch } from '../report/scratch.ts'
import { buildExchangeClasses, type ExchangeClass } from './classes.ts'

const one: ExchangeClass = { route: 'users.read', shape: '200 {id}', twice: 'no', between: [1], ofLegacy: [] }

test('every exchange is counted once, also when there are more classes than fit into memory', () => {
  const scratch = openScratch(undefined, 64 * 1024 * 1024)
  const classes = buildExchangeClasses(scratch)
  for (let exchange = 0; exchange < 50_000; exchange++) classes.add({ ...one, between: [exchange % 30_000] })
  const counts = new Map<number, number>()
  classes.each(({ between: [id = -1] }, count) => counts.set(id, (counts.get(id) ?? 0) + count))
  expect(counts.size).toBe(30_000)
  expect([counts.get(0), counts.get(29_999)]).toEqual([2, 1])
  expect(classes.lost().size).toBe(0)
  scratch.close()
})

test('what found no room any more is counted by route', () => {
  const scratch = openScratch(undefined, 10)
  const classes = buildExchangeClasses(scratch)
  for (let exchange = 0; exchange < 20_005; exchange++) classes.add({ ...one, between: [exchange] })
  expect(classes.lost()).toEqual(new Map([['users.read', 20_000]]))
})
