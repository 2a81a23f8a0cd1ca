import type { EjectPolicy } from '@banyan/toolkit/routing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterFailure, afterSuccess, type Ejection, isEjected, notEjected } from './ejection.ts'
import { afterCheck, unknownHealth } from './health-state.ts'
import { leastBusy } from './least-busy.ts'
import { usable } from './names.ts'

const eject: EjectPolicy = { failures: 3, forMs: 100 }

describe('an address', () => {
  test('is ejected after so many failures in a row, and not before', () => {
    const two = fail(fail(notEjected, 0), 1)
    expect([isEjected(two, 1), isEjected(fail(two, 2), 2), isEjected(fail(afterSuccess(two), 2), 2)]).toEqual([
      ...[false, true, false],
    ])
  })

  test('is back after its time, and ejected for longer by one more failure', () => {
    const first = failing(notEjected, 3, 0)
    expect([isEjected(first, 99), isEjected(first, 100)]).toEqual([true, false])
    const second = fail(first, 150)
    expect(second.untilMs).toBe(350)
    expect(isEjected(fail(afterSuccess(first), 150), 150)).toBe(false)
  })

  test('is ejected for ten times as long at most, and as at first when it has worked for long', () => {
    let ejection = notEjected
    for (let i = 0; i < 20; i++) ejection = failing(ejection, 3, ejection.untilMs)
    expect(ejection.times).toBe(20)
    const last = fail(ejection, ejection.untilMs)
    expect(last.untilMs - ejection.untilMs).toBe(1_000)
    expect(failing(afterSuccess(last), 3, last.untilMs + 1_001).untilMs).toBe(last.untilMs + 1_101)
  })
})

test('of several addresses, one always gets requests, whatever fails', () => {
  const event = fc.record({
    which: fc.nat({ max: 3 }),
    bad: fc.nat({ max: 9 }).map((dice) => dice < 9),
    afterMs: fc.nat({ max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200, size: 'max' }), (events) => {
      const all: Ejection[] = [notEjected, notEjected, notEjected, notEjected]
      let nowMs = 0
      for (const { which, bad, afterMs } of events) {
        nowMs += afterMs
        const one = all[which] ?? notEjected
        const othersLeft = all.some((each, i) => i !== which && !isEjected(each, nowMs))
        all[which] = bad ? afterFailure(one, eject, { othersLeft, nowMs }) : afterSuccess(one)
        expect(all.some((each) => !isEjected(each, nowMs))).toBe(true)
      }
    }),
  )
})

describe('health checks', () => {
  const policy = { fails: 3, passes: 2 }
  const after = (checks: string) =>
    [...checks].reduce((state, check) => afterCheck(state, check === '+', policy), unknownHealth).state

  test.each([
    ['', 'unknown'],
    ['+', 'healthy'],
    ['--', 'unknown'],
    ['---', 'unhealthy'],
    ['+--+--', 'healthy'],
    ['+---', 'unhealthy'],
    ['---+-+', 'unhealthy'],
    ['---++', 'healthy'],
  ])('%s end in %s', (checks, state) => {
    expect(after(checks)).toBe(state)
  })

  test('change their mind only after so many contrary ones in a row', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60, size: 'max' }), (checks) => {
        let state = afterCheck(unknownHealth, true, policy)
        let contrary = 0
        for (const passed of checks) {
          const before = state.state
          contrary = passed === (before === 'healthy') ? 0 : contrary + 1
          state = afterCheck(state, passed, policy)
          const flips = contrary === (before === 'healthy' ? policy.fails : policy.passes)
          expect(state.state !== before).toBe(flips)
          if (flips) contrary = 0
        }
      }),
    )
  })
})

test('the least busy of those that are wanted is chosen, and equals take turns', () => {
  const busy = fc.array(fc.record({ outstanding: fc.nat({ max: 5 }), wanted: fc.boolean() }), { maxLength: 8 })
  fc.assert(
    fc.property(busy, fc.nat({ max: 100 }), (all, turn) => {
      const chosen = leastBusy(all, turn, ({ wanted }) => wanted)
      const wanted = all.filter((each) => each.wanted)
      expect(chosen?.outstanding).toBe(
        wanted.length === 0 ? undefined : Math.min(...wanted.map((each) => each.outstanding)),
      )
      if (chosen !== undefined) expect(chosen.wanted).toBe(true)
    }),
  )
  const idle = [0, 1, 2].map((id) => ({ id, outstanding: 0 }))
  expect([0, 1, 2, 3].map((turn) => leastBusy(idle, turn, () => true)?.id)).toEqual([0, 1, 2, 0])
})

test.each([
  [
    ['10.0.0.2', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.2'],
  ],
  [['10.0.0.1'], ['10.0.0.1']],
  [['::1', '127.0.0.1'], []],
  [
    ['10.0.0.1', 'fd00::1', '10.0.0.2'],
    ['10.0.0.1', '10.0.0.2'],
  ],
  [[], []],
])('of the addresses %j of a name, %j are chosen among', (resolved, used) => {
  expect(usable(resolved)).toEqual(used)
})

function fail(ejection: Ejection, nowMs: number): Ejection {
  return afterFailure(ejection, eject, { othersLeft: true, nowMs })
}

function failing(ejection: Ejection, times: number, nowMs: number): Ejection {
  return Array.from({ length: times }).reduce<Ejection>((each) => fail(each, nowMs), ejection)
}
