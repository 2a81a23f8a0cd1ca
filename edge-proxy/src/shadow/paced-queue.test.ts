import { expect, onTestFinished, test } from 'vitest'
import { buildPacedQueue, type PacedQueue } from './paced-queue.ts'

/** A queue of numbers whose work is over when `end` is called. */
function started(maxRunning = 32, maxQueued = 256) {
  const begun: number[] = []
  const ends: (() => void)[] = []
  let most = 0
  const queue: PacedQueue<number> = buildPacedQueue<number>({
    maxQueued,
    maxRunning: () => maxRunning,
    run: (job) => {
      begun.push(job)
      most = Math.max(most, queue.running() + 1)
      return new Promise((resolve) => ends.push(resolve))
    },
  })
  onTestFinished(() => void queue.close())
  /** Ends what runs; how many have begun by now. */
  const endAll = () => {
    for (const end of ends.splice(0)) end()
    return begun.length
  }
  return { queue, begun, mostRunning: () => most, endAll }
}

/** Keeps each turn of the event loop busy until it is ended. */
function busyLoop(): () => void {
  let over = false
  const work = () => {
    const untilMs = performance.now() + 0.5
    while (performance.now() < untilMs);
    if (!over) setImmediate(work)
  }
  setImmediate(work)
  const end = () => {
    over = true
  }
  onTestFinished(end)
  return end
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

test('what is offered begins later, in its order, and no more at a time than may run', async () => {
  const { queue, begun, mostRunning, endAll } = started(3)
  for (const n of numbers(9)) expect(queue.offer(n)).toBeUndefined()
  expect([begun, queue.queued()]).toEqual([[], 9])
  await expect.poll(() => begun).toEqual([0, 1, 2])
  expect([queue.running(), queue.queued()]).toEqual([3, 6])
  await expect.poll(endAll, { interval: 5 }).toBe(9)
  expect(begun).toEqual(numbers(9))
  expect(mostRunning()).toBe(3)
})

test('law 9: it takes no more than may wait, and nothing once it is closed', async () => {
  const { queue, begun } = started(1, 2)
  expect([0, 1, 2].map((n) => queue.offer(n))).toEqual([undefined, undefined, 'full'])
  expect(queue.refuses()).toBe('full')
  expect(queue.close()).toEqual([0, 1])
  expect(queue.offer(3)).toBe('full')
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(begun).toEqual([])
})

test('law 7: in a loop that is never quiet two at a time go on, and what would wait long is refused', async () => {
  const { queue, mostRunning, endAll } = started()
  const end = busyLoop()
  for (const n of numbers(200)) queue.offer(n)
  await expect.poll(endAll, { interval: 5, timeout: 5_000 }).toBeGreaterThan(20)
  expect(queue.refuses()).toBe('busy')
  expect(mostRunning()).toBeLessThanOrEqual(2)
  end()
  await expect.poll(endAll, { interval: 5, timeout: 5_000 }).toBe(200)
  expect(queue.refuses()).toBeUndefined()
})
