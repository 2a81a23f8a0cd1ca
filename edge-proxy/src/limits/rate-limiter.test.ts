import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRateLimiter, type RateQuota } from './rate-limiter.ts'

const tenInASecond: RateQuota = { id: 'a', requests: 10, windowMs: 1_000 }

function world(maxKeys?: number) {
  let at = 1_000
  const limiter = buildRateLimiter({ now: () => at, ...(maxKeys === undefined ? {} : { maxKeys }) })
  const pass = (ms: number) => {
    at += ms
  }
  return { limiter, pass }
}

test('a quota is there at once, refills evenly, and says what is left and when', () => {
  const { limiter, pass } = world()
  for (let left = 9; left >= 0; left--)
    expect(limiter.take(tenInASecond, 'x')).toMatchObject({ allowed: true, remaining: left })
  expect(limiter.take(tenInASecond, 'x')).toMatchObject({
    allowed: false,
    remaining: 0,
    fullInMs: 1_000,
    nextInMs: 100,
  })
  pass(99)
  expect(limiter.take(tenInASecond, 'x').allowed).toBe(false)
  pass(1)
  expect(limiter.take(tenInASecond, 'x')).toMatchObject({ allowed: true, remaining: 0 })
  expect(limiter.take(tenInASecond, 'y')).toMatchObject({ allowed: true, remaining: 9 })
  pass(1_000)
  expect(limiter.look(tenInASecond, 'x')).toMatchObject({ allowed: true, remaining: 10, fullInMs: 0 })
})

test('in no stretch of time, of any length, are more let through than the quota and what refills meanwhile', () => {
  const quota = fc.record({
    requests: fc.integer({ min: 1, max: 50 }),
    windowMs: fc.integer({ min: 1_000, max: 60_000 }),
  })
  fc.assert(
    fc.property(
      quota,
      fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 }),
      ({ requests, windowMs }, pauses) => {
        const { limiter, pass } = world()
        const allowedAt: number[] = []
        let at = 0
        for (const pause of pauses) {
          pass(pause)
          at += pause
          if (limiter.take({ id: 'q', requests, windowMs }, 'k').allowed) allowedAt.push(at)
        }
        for (let i = 0; i < allowedAt.length; i++)
          for (let j = i; j < allowedAt.length; j++) {
            const stretch = (allowedAt[j] ?? 0) - (allowedAt[i] ?? 0)
            expect(j - i + 1).toBeLessThanOrEqual(requests + (stretch * requests) / windowMs + 1e-3)
          }
      },
    ),
    { numRuns: 60 },
  )
})

test('who keeps to the rate is never refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1_000, max: 100_000 }), (requests, windowMs) => {
      const { limiter, pass } = world()
      for (let n = 0; n < 300; n++) {
        expect(limiter.take({ id: 'q', requests, windowMs }, 'k').allowed).toBe(true)
        pass(windowMs / requests)
      }
    }),
    { numRuns: 30 },
  )
})

test('keys are bounded: what is full again goes first and uncounted, then the longest unused one, which is said', () => {
  const { limiter, pass } = world(100)
  for (let n = 0; n < 100; n++) limiter.take(tenInASecond, `old ${n}`)
  expect(limiter).toMatchObject({})
  expect([limiter.keys(), limiter.forgotten()]).toEqual([100, 0])
  for (let n = 0; n < 50; n++) limiter.take(tenInASecond, `new ${n}`)
  expect([limiter.keys(), limiter.forgotten()]).toEqual([100, 50])
  pass(1_000)
  for (let n = 0; n < 60; n++) limiter.take(tenInASecond, `later ${n}`)
  expect(limiter.keys()).toBeLessThanOrEqual(60)
  expect(limiter.forgotten()).toBe(50)
})
