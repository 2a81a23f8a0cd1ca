import { expect, test } from 'vitest'
import { buildCopyBudget } from './passage/body-copy.ts'
import { buildRecentWriters } from './passage/recent-writers.ts'
import { buildStats } from './settle/stats.ts'
import { buildBoundedQueue } from './shadow/bounded-queue.ts'

test('law 9: copies of bodies share one budget, and one that does not fit is truncated, not half kept as whole', () => {
  const budget = buildCopyBudget(10)
  const first = budget.copy(8)
  const second = budget.copy(8)
  first.add(Buffer.from('123456'))
  second.add(Buffer.from('12345'))
  second.add(Buffer.from('6'))
  expect([first.truncated(), second.truncated()]).toEqual([false, true])
  expect([second.bytes().toString(), second.length()]).toEqual(['', 6])
  first.add(Buffer.from('789'))
  expect([first.truncated(), first.bytes().toString(), first.length()]).toEqual([true, '123456', 9])
  first.release()
  second.release()
  expect(budget.heldBytes()).toBe(0)
})

test('law 9: what comes of a body after its copy was given back is not held for ever', () => {
  const budget = buildCopyBudget(10)
  const copy = budget.copy(8)
  copy.release()
  copy.add(Buffer.from('late'))
  expect([budget.heldBytes(), copy.bytes().length, copy.truncated()]).toEqual([0, 0, true])
})

test('law 9: a queue runs no more than it may, keeps no more than it may, and refuses the rest', async () => {
  const ends: (() => void)[] = []
  const queue = buildBoundedQueue<number>({
    maxQueued: 2,
    maxRunning: () => 2,
    run: () => new Promise((end) => ends.push(end)),
    failed: () => undefined,
  })
  expect([1, 2, 3, 4, 5].map((job) => queue.offer(job))).toEqual([true, true, true, true, false])
  expect([queue.running(), queue.queued()]).toEqual([2, 2])
  ends[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect([queue.running(), queue.queued()]).toEqual([2, 1])
  expect(queue.close()).toEqual([4])
  expect(queue.offer(6)).toBe(false)
})

test('law 9: a queue that may run fewer lets run what runs, and takes up again as many as it may', async () => {
  const ends: (() => void)[] = []
  let may = 3
  const run = () => new Promise<void>((end) => ends.push(end))
  const queue = buildBoundedQueue<number>({ maxQueued: 9, maxRunning: () => may, run, failed: () => undefined })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  for (const job of [1, 2, 3, 4, 5, 6, 7]) queue.offer(job)
  may = 1
  for (const end of ends.splice(0, 2)) end()
  await settled()
  expect([queue.running(), queue.queued()]).toEqual([1, 4])
  may = 3
  ends.shift()?.()
  await settled()
  expect([queue.running(), queue.queued()]).toEqual([3, 1])
})

test('law 9: where nobody reports, writers are forgotten after five seconds, and the oldest when there are too many', () => {
  let now = 0
  const writers = buildRecentWriters(
    { now: () => now, monotonic: () => now, sleep: async () => undefined },
    { through: () => undefined },
  )
  writers.note('users', 'a')
  expect([writers.justWrote('users', 'a'), writers.justWrote('orders', 'a'), writers.justWrote('users', 'b')]).toEqual([
    true,
    false,
    false,
  ])
  now = 5_000
  expect(writers.justWrote('users', 'a')).toBe(false)
  for (let n = 0; n < 100_001; n++) writers.note('users', `caller-${n}`)
  expect([writers.justWrote('users', 'caller-0'), writers.justWrote('users', 'caller-1')]).toEqual([false, true])
  // Who is forgotten while it matters is counted, and nobody else.
  expect(writers.forgotten()).toBe(1)
  now = 10_000
  writers.note('users', 'later')
  expect(writers.forgotten()).toBe(1)
})

test('a writer is let go as soon as follow has passed the write', () => {
  let now = 1_000
  let through = 0
  const clock = { now: () => now, monotonic: () => now, sleep: async () => undefined }
  const writers = buildRecentWriters(clock, { through: () => through })
  writers.note('users', 'a')
  through = 1_000
  expect(writers.justWrote('users', 'a')).toBe(true)
  through = 1_001
  expect(writers.justWrote('users', 'a')).toBe(false)
  now = 1_010
  writers.note('users', 'a')
  expect(writers.justWrote('users', 'a')).toBe(true)
})

test('a writer is not let go while a worker that reports is late, for an hour too: the other arm does not have the write', () => {
  let now = 1_000
  let through = 900
  const clock = { now: () => now, monotonic: () => now, sleep: async () => undefined }
  const writers = buildRecentWriters(clock, { through: () => through })
  writers.note('users', 'a')
  now += 3_600_000
  expect(writers.justWrote('users', 'a')).toBe(true)
  through = 1_001
  expect(writers.justWrote('users', 'a')).toBe(false)
})

test('law 9: routes that are gone leave the statistics', () => {
  const stats = buildStats()
  const served = { arm: 'legacy', status: 200, tookMs: 3, failed: false }
  stats.observe({ ...served, route: 'kept' })
  stats.observe({ ...served, route: 'gone' })
  stats.observe({ ...served, route: 'kept', status: 503, tookMs: 31_000 })
  stats.keep((route) => (route === 'kept' ? ['legacy', 'service'] : []))
  const [arm] = stats.armsOf('kept')
  expect([...stats.routes()]).toEqual(['kept'])
  expect(arm).toMatchObject({ arm: 'legacy', requests: 2, errors: 1 })
  const { boundsMs, counts } = arm?.latency ?? { boundsMs: [], counts: [] }
  expect([counts.length, counts[boundsMs.indexOf(3)], counts.at(-1)]).toEqual([boundsMs.length + 1, 1, 1])
})
