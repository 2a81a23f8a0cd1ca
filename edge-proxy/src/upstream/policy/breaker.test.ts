import type { BreakerPolicy } from '@banyan/toolkit/routing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Breaker, buildBreaker, type Health, type Pass } from './breaker.ts'

const policy: BreakerPolicy = { failureShare: 0.5, volume: 4, windowMs: 1_000, openMs: 100 }

describe('a breaker', () => {
  test('stays closed below the volume, whatever fails', () => {
    const breaker = built()
    for (let i = 0; i < 3; i++) end(breaker, 'bad', i)
    expect(breaker.view(3)).toMatchObject({ state: 'closed', counts: { total: 3, failed: 3 } })
  })

  test('opens when the share of failures is reached, and says how long it is open', () => {
    const breaker = built()
    for (const health of ['good', 'good', 'bad', 'bad'] as const) end(breaker, health, 10)
    expect(breaker.view(60)).toEqual({ state: 'open', leftMs: 50, counts: { total: 4, failed: 2 }, opened: 1 })
    expect(breaker.admit(109)).toBeUndefined()
  })

  test('forgets what is older than its window', () => {
    const breaker = built()
    for (let i = 0; i < 3; i++) end(breaker, 'bad', 0)
    end(breaker, 'bad', 1_100)
    expect(breaker.view(1_100)).toMatchObject({ state: 'closed', counts: { total: 1 } })
  })

  test('lets one request try after its time, and closes when that is answered', () => {
    const breaker = opened()
    const probe = breaker.admit(100)
    expect(probe).toEqual({ probe: true })
    expect(breaker.admit(100)).toBeUndefined()
    note(breaker, probe, 'good', 120)
    expect(breaker.view(120)).toMatchObject({ state: 'closed', counts: { total: 0 } })
    expect(breaker.admit(120)).toEqual({ probe: false })
  })

  test('is open twice as long each time that a try fails, and eight times at most', () => {
    const breaker = opened()
    const waits = [1, 2, 3, 4, 5].reduce<number[]>(
      (lengths) => {
        const now = lengths.reduce((sum, length) => sum + length, 0)
        note(breaker, breaker.admit(now), 'bad', now)
        return [...lengths, breaker.view(now).leftMs]
      },
      [100],
    )
    expect(waits).toEqual([100, 200, 400, 800, 800, 800])
  })

  test('is longer open when it opens again soon, and not when the upstream had worked for a while', () => {
    const again = (afterMs: number) => {
      const breaker = opened()
      note(breaker, breaker.admit(100), 'good', 100)
      for (let i = 0; i < 4; i++) end(breaker, 'bad', 100 + afterMs)
      return breaker.view(100 + afterMs).leftMs
    }
    expect([again(50), again(5_000)]).toEqual([200, 100])
  })

  test('leaves the try to the next request when the client of the first one left', () => {
    const breaker = opened()
    note(breaker, breaker.admit(100), 'unknown', 110)
    expect(breaker.admit(110)).toEqual({ probe: true })
  })

  test('hears nothing from requests that began before its state changed', () => {
    const breaker = built()
    const slow = breaker.admit(0)
    for (let i = 0; i < 4; i++) end(breaker, 'bad', 0)
    note(breaker, slow, 'good', 50)
    expect(breaker.view(50).state).toBe('open')
    note(breaker, breaker.admit(100), 'good', 100)
    for (let i = 0; i < 10; i++) note(breaker, slow, 'bad', 200)
    expect(breaker.view(200)).toMatchObject({ state: 'closed', counts: { total: 0 } })
  })
})

/** A step of any traffic: time passes, requests come and end in any order. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) }),
  fc.record({ kind: fc.constant('come' as const) }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(),
    health: fc.constantFrom<Health>('good', 'bad', 'bad', 'unknown'),
  }),
)

test('in any traffic at most one request tries at a time, and only good ones close a breaker and bad ones open it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const breaker = built()
      const underWay: Pass[] = []
      let nowMs = 0
      for (const each of steps) {
        const before = breaker.view(nowMs).state
        if (each.kind === 'wait') nowMs += each.ms
        else if (each.kind === 'come') {
          const pass = breaker.admit(nowMs)
          if (pass !== undefined) underWay.push(pass)
          if (before === 'half-open') expect(pass).toBeUndefined()
        } else if (underWay.length > 0) {
          const [pass] = underWay.splice(each.which % underWay.length, 1)
          note(breaker, pass, each.health, nowMs)
          const after = breaker.view(nowMs).state
          if (before !== 'closed' && after === 'closed') expect([pass?.probe, each.health]).toEqual([true, 'good'])
          if (before === 'closed' && after !== 'closed') expect(each.health).toBe('bad')
        }
        const probes = underWay.filter(({ probe }) => probe).length
        expect(probes).toBe(breaker.view(nowMs).state === 'half-open' ? 1 : 0)
      }
    }),
  )
})

function built(): Breaker {
  return buildBreaker(policy, { dice: () => 0, changed: () => undefined })
}

function opened(): Breaker {
  const breaker = built()
  for (let i = 0; i < 4; i++) end(breaker, 'bad', 0)
  return breaker
}

function end(breaker: Breaker, health: Health, nowMs: number): void {
  note(breaker, breaker.admit(nowMs), health, nowMs)
}

function note(breaker: Breaker, pass: Pass | undefined, health: Health, nowMs: number): void {
  if (pass === undefined) throw new Error('nothing was admitted')
  breaker.note(pass, health, nowMs)
}
