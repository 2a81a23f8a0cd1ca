import { setTimeout as delay, setImmediate as immediately } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runInLanes, type Turn } from './lanes.ts'

test('every item runs once, in order within its lane, and never more at once than allowed', async () => {
  const lanes = fc.array(fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(lanes, fc.integer({ min: 1, max: 5 }), async (laneOfItem, concurrency) => {
      const ran: number[] = []
      let running = 0
      let most = 0
      await runInLanes(items(laneOfItem.length), {
        concurrency,
        laneOf: (item) => laneOfItem[item],
        run: async (item) => {
          running += 1
          most = Math.max(most, running)
          await Promise.resolve()
          ran.push(item)
          running -= 1
        },
      })
      expect([...ran].sort((a, b) => a - b)).toEqual(laneOfItem.map((_, index) => index))
      expect(most).toBeLessThanOrEqual(concurrency)
      for (const lane of ['a', 'b', 'c']) {
        const inLane = ran.filter((item) => laneOfItem[item] === lane)
        expect(inLane).toEqual([...inLane].sort((a, b) => a - b))
      }
    }),
    { numRuns: 60 },
  )
})

test('an item begins when all that it waits for is over, and one that runs alone meets no other', async () => {
  const item = fc.record({
    lane: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    alone: fc.boolean(),
    waitsFor: fc.array(fc.nat(40), { maxLength: 3 }),
  })
  const runs = fc.asyncProperty(
    fc.array(item, { maxLength: 40 }),
    fc.integer({ min: 1, max: 4 }),
    async (all, most) => {
      const turns: Turn<number>[] = []
      const ended = new Set<number>()
      const running = new Set<number>()
      await runInLanes(items(all.length), {
        concurrency: most,
        laneOf: (at) => all[at]?.lane,
        alone: (at) => all[at]?.alone === true,
        after: (at, turn) => {
          turns[at] = turn
          return all[at]?.waitsFor.flatMap((other) => turns[other] ?? []) ?? []
        },
        ended: (at) => ended.add(at),
        run: async (at) => {
          for (const other of all[at]?.waitsFor ?? []) if (other < at) expect(ended.has(other)).toBe(true)
          if (all[at]?.alone === true) expect([...running, ended.size]).toEqual([at])
          running.add(at)
          if ([...running].some((one) => one !== at && all[one]?.alone === true)) throw new Error('one was not alone')
          // Longer than it takes to read the next ones.
          await immediately()
          running.delete(at)
        },
      })
      expect(ended.size).toBe(all.length)
    },
  )
  await fc.assert(runs, { numRuns: 100 })
})

test('one busy lane is not read ahead without end', async () => {
  let read = 0
  let done = 0
  let furthest = 0
  async function* counted(): AsyncGenerator<number> {
    for await (const item of items(300)) {
      read += 1
      furthest = Math.max(furthest, read - done)
      yield item
    }
  }
  const run = async () => {
    await Promise.resolve()
    done += 1
  }
  await runInLanes(counted(), { concurrency: 2, laneOf: () => 'one', run })
  expect(done).toBe(300)
  expect(furthest).toBeLessThanOrEqual(2 * 8 + 1)
})

test('what an item throws ends the run after what had begun, and what the source throws too', async () => {
  const ended: number[] = []
  const run = async (item: number) => {
    await delay(item === 1 ? 1 : 10)
    if (item === 1) throw new Error('planted')
    ended.push(item)
  }
  await expect(runInLanes(items(100), { concurrency: 3, laneOf: () => undefined, run })).rejects.toThrow('planted')
  expect(ended).toEqual([0, 2])
  async function* broken(): AsyncGenerator<number> {
    yield 0
    throw new Error('cut')
  }
  await expect(runInLanes(broken(), { concurrency: 3, laneOf: () => undefined, run })).rejects.toThrow('cut')
  expect(ended).toEqual([0, 2, 0])
})

async function* items(count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item++) yield item
}
