import { systemClock } from '@banyan/toolkit/base'
import fc from 'fast-check'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { buildHold } from './hold.ts'
import { buildHoldMetrics } from './hold-metrics.ts'
import { buildHoldTally } from './hold-tally.ts'
import { buildWrites } from './writes.ts'

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('take' as const), bytes: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), nth: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fence' as const) }) },
)

test('law 5: whatever happens, each request has one fate, who is let go is let go in order, the bounds hold, and the numbers add up', async () => {
  const bounds = fc.record({ maxRequests: fc.integer({ min: 0, max: 5 }), maxBytes: fc.integer({ min: 0, max: 150 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      bounds,
      fc.constantFrom('release', 'stop'),
      async (steps, most, how) => {
        const tally = buildHoldTally()
        const metrics = buildHoldMetrics(new Registry(), () => [])
        const parts = {
          capability: 'users',
          clock: systemClock,
          metrics,
          log: pino({ level: 'silent' }),
          over: () => undefined,
        }
        const hold = buildHold(parts, { epoch: 1, maxHoldMs: 60_000, ...most }, tally)
        const fates: { nth: number; kind: string; fenced: boolean }[] = []
        const taken: ReturnType<typeof hold.take>[] = []
        let fenced = false
        for (const each of steps) {
          if (each.kind === 'fence') fenced = hold.fence()
          else if (each.kind === 'leave') taken[each.nth]?.leave()
          else {
            const nth = taken.length
            const one = hold.take(each.bytes)
            taken.push(one)
            void one.fate.then(({ kind }) => fates.push({ nth, kind, fenced }))
          }
          await Promise.resolve()
          const { held, heldBytes } = hold.status()
          expect(held).toBeLessThanOrEqual(most.maxRequests)
          expect(heldBytes).toBeLessThanOrEqual(most.maxBytes)
        }
        if (how === 'release') hold.release()
        else hold.stop()
        await new Promise((resolve) => setImmediate(resolve))
        expect(fates.map(({ nth }) => nth).toSorted((a, b) => a - b)).toEqual(taken.map((_, nth) => nth))
        const gone = fates.filter(({ kind }) => kind === 'go').map(({ nth }) => nth)
        expect(gone).toEqual(gone.toSorted((a, b) => a - b))
        const { held, released, refused, left } = tally.report()
        expect([held, released]).toEqual([taken.length, gone.length])
        expect(released + refused + left).toBe(held)
        hold.stop()
      },
    ),
    { numRuns: 150 },
  )
})

test("law 9: a fenced hold that ran out and that nobody releases refuses for fifteen seconds, then stands in nobody's way", async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let over = 0
  const metrics = buildHoldMetrics(new Registry(), () => [])
  const log = pino({ level: 'silent' })
  const parts = { capability: 'users', clock: systemClock, metrics, log, over: () => void over++ }
  const tally = buildHoldTally()
  const hold = buildHold(parts, { epoch: 1, maxHoldMs: 1_000, maxRequests: 9, maxBytes: 999 }, tally)
  const waits = hold.take(1)
  expect(hold.fence()).toBe(true)
  vi.advanceTimersByTime(1_000)
  expect(await waits.fate).toEqual({ kind: 'refused', because: 'past-bound' })
  vi.advanceTimersByTime(14_999)
  expect(await hold.take(1).fate).toEqual({ kind: 'refused', because: 'past-bound' })
  expect([over, hold.fence()]).toEqual([0, false])
  // The coordinator is alive after all: the same epoch again holds again, and is fenced still.
  hold.renew({ epoch: 1, maxHoldMs: 2_000, maxRequests: 9, maxBytes: 999 }, tally)
  const again = hold.take(1)
  expect(hold.status()).toMatchObject({ phase: 'fenced', held: 1 })
  vi.advanceTimersByTime(2_000 + 15_000)
  expect(await again.fate).toEqual({ kind: 'refused', because: 'past-bound' })
  expect(over).toBe(1)
})

test('who waits when a newer epoch takes the hold over is counted there as held, so that its numbers add up', async () => {
  const metrics = buildHoldMetrics(new Registry(), () => [])
  const log = pino({ level: 'silent' })
  const parts = { capability: 'users', clock: systemClock, metrics, log, over: () => undefined }
  const [first, second] = [buildHoldTally(), buildHoldTally()]
  const bounds = { maxHoldMs: 1_000, maxRequests: 9, maxBytes: 999 }
  const hold = buildHold(parts, { epoch: 1, ...bounds }, first)
  const waits = hold.take(1)
  hold.renew({ epoch: 1, ...bounds }, first)
  hold.renew({ epoch: 2, ...bounds }, second)
  hold.release()
  expect(await waits.fate).toEqual({ kind: 'go' })
  expect(first.report()).toMatchObject({ held: 1, released: 0 })
  expect(second.report()).toMatchObject({ held: 1, released: 1 })
})

test('waits that are reported are thinned to ten thousand, the shortest and the longest among them', () => {
  const tally = buildHoldTally()
  for (let ms = 1; ms <= 25_000; ms++) tally.released(ms)
  const { waitsMs } = tally.report()
  expect([waitsMs.length, waitsMs[0], waitsMs.at(-1)]).toEqual([10_000, 1, 25_000])
})

test('writes are counted per capability, and a wait looks only at those before its mark', async () => {
  const writes = buildWrites()
  const [old, other] = [writes.begin('users'), writes.begin('orders')]
  const mark = writes.mark()
  const young = writes.begin('users')
  expect([writes.inFlight('users'), writes.inFlight('users', mark), writes.inFlight('orders')]).toEqual([2, 1, 1])
  expect(await writes.ended('users', mark, 5)).toBe(false)
  const ended = writes.ended('users', mark, 5_000)
  other.end()
  old.end()
  old.end()
  expect(await ended).toBe(true)
  expect(writes.inFlight('users')).toBe(1)
  young.end()
  expect(await writes.ended('users', writes.mark(), 0)).toBe(true)
})
