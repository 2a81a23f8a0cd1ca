import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildRateLimiter } from '../limits/rate-limiter.ts'
import { buildAppliedReports } from '../passage/applied-reports.ts'
import { buildRecentWriters } from '../passage/recent-writers.ts'
import { type Breaker, type BreakerNews, buildBreaker, type Pass } from '../upstream/policy/breaker.ts'
import { linkedPeers } from './linked-peers.fixture.ts'
import { shareRates } from './share-rates.ts'

describe('two workers', () => {
  test('let through together what one would, once each has heard of the other', async () => {
    const peers = linkedPeers()
    const options = { now: () => 1_000 }
    const a = shareRates(buildRateLimiter(options), peers.a)
    const b = shareRates(buildRateLimiter(options), peers.b)
    const quota = { id: 'q', requests: 10, windowMs: 60_000 }
    const takes = (limiter: typeof a, times: number) =>
      Array.from({ length: times }, () => limiter.take(quota, '10.0.0.1')).filter(({ allowed }) => allowed).length
    const hear = async () => {
      await delay(20)
      await peers.deliver()
    }
    expect(takes(a, 6)).toBe(6)
    await hear()
    expect(b.look(quota, '10.0.0.1').remaining).toBe(4)
    expect(takes(b, 6)).toBe(4)
    await hear()
    expect([takes(a, 6), takes(b, 6)]).toEqual([0, 0])
    // Another client has its own.
    expect(a.take(quota, '10.0.0.2').allowed).toBe(true)
  })

  test('serve a caller by the owner from the begin of a write in the other until follow has passed its end', async () => {
    const peers = linkedPeers()
    const time = { now: 5_000 }
    const clock = { now: () => time.now, monotonic: () => time.now, sleep: async () => undefined }
    const applied = buildAppliedReports()
    const a = buildRecentWriters(clock, applied, peers.a)
    const b = buildRecentWriters(clock, applied, peers.b)
    a.begins('users', 'ann')
    await peers.deliver()
    applied.report('users', 6_000)
    // All that was committed by 6 000 is applied, but the write has not ended yet.
    expect(b.justWrote('users', 'ann')).toBe(true)
    time.now = 7_000
    a.note('users', 'ann')
    await peers.deliver()
    expect(b.justWrote('users', 'ann')).toBe(true)
    expect(b.justWrote('users', 'ben')).toBe(false)
    applied.report('users', 7_001)
    expect(b.justWrote('users', 'ann')).toBe(false)
    // One that never ends, for its worker died, is forgotten.
    a.begins('users', 'eve')
    await peers.deliver()
    time.now += 60_001
    expect(b.justWrote('users', 'eve')).toBe(false)
  })

  test('open their breakers by what both have counted, and one of them tries for both', () => {
    const [a, b] = linkedBreakers()
    for (const breaker of [a, b, a, b]) breaker.note(passOf(breaker, 0), 'bad', 0)
    expect([a.view(0).state, b.view(0).state]).toEqual(['open', 'open'])
    const probe = passOf(a, 200)
    expect([a.view(200).state, b.admit(200), b.view(200).state]).toEqual(['half-open', undefined, 'open'])
    a.note(probe, 'good', 210)
    expect([a.view(210).state, b.view(210).state]).toEqual(['closed', 'closed'])
    expect([a.view(210).opened, b.view(210).opened]).toEqual([1, 1])
  })

  test('never both try, never is one closed while the other is open, whatever happens in which order', () => {
    const step = fc.record({
      who: fc.nat(1),
      kind: fc.constantFrom('admit', 'good', 'bad', 'unknown', 'wait'),
      ms: fc.nat(150),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const pair = linkedBreakers()
        const passes: Pass[][] = [[], []]
        let now = 0
        for (const { who, kind, ms } of steps) {
          const breaker = pair[who === 0 ? 0 : 1]
          const mine = passes[who] ?? []
          if (kind === 'wait') now += ms
          else if (kind === 'admit') mine.push(...[breaker.admit(now)].filter((pass) => pass !== undefined))
          else {
            const pass = mine.shift()
            if (pass !== undefined) breaker.note(pass, kind, now)
          }
          const states = pair.map((each) => each.view(now).state)
          expect(states.filter((state) => state === 'half-open').length).toBeLessThan(2)
          expect(states.filter((state) => state === 'closed').length).not.toBe(1)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function linkedBreakers(): readonly [Breaker, Breaker] {
  const policy = { failureShare: 0.5, volume: 4, windowMs: 1_000, openMs: 100 }
  let now = 0
  const build = (other: () => Breaker) => {
    const breaker = buildBreaker(policy, {
      dice: () => 0,
      changed: () => undefined,
      tell: (news: BreakerNews) => other().hear(news, now),
    })
    return {
      ...breaker,
      admit: (at: number) => {
        now = at
        return breaker.admit(at)
      },
      note: (pass: Pass, health: 'good' | 'bad' | 'unknown', at: number) => {
        now = at
        breaker.note(pass, health, at)
      },
    }
  }
  const a: Breaker = build(() => b)
  const b: Breaker = build(() => a)
  return [a, b]
}

function passOf(breaker: Breaker, now: number): Pass {
  const pass = breaker.admit(now)
  if (pass === undefined) throw new Error('nothing may be sent')
  return pass
}
