import { expect, test } from 'vitest'
import { judgeWritten } from './judge-written.ts'

const none = { capability: 'users', aggregates: 0, equal: 0, different: 0, onlyLegacy: 0, onlyService: 0, samples: [] }
const judged = (outcome: 'pass' | 'fail' | 'unknown', written: object) =>
  judgeWritten({ outcome, conditions: [] }, { ...none, ...written })

test('what is not alike fails the gate, whatever the answers were', () => {
  for (const written of [{ different: 1 }, { onlyLegacy: 1 }, { onlyService: 1 }])
    expect(judged('pass', { aggregates: 3, ...written })).toEqual({
      outcome: 'fail',
      conditions: [{ outcome: 'fail', text: 'what both arms wrote of users: 1 of 3 aggregates are not alike' }],
    })
})

test('law 7: nothing written, or not all of it compared, is unknown', () => {
  expect(judged('pass', {})).toMatchObject({
    outcome: 'unknown',
    conditions: [{ text: expect.stringMatching(/neither/) }],
  })
  expect(judged('pass', { aggregates: 3, equal: 3, leftOut: 1 })).toMatchObject({ outcome: 'unknown' })
  expect(judged('fail', {})).toMatchObject({ outcome: 'fail' })
})

test('what is alike changes no outcome', () => {
  for (const outcome of ['pass', 'fail', 'unknown'] as const)
    expect(judged(outcome, { aggregates: 3, equal: 3 })).toMatchObject({ outcome })
  expect(judgeWritten({ outcome: 'pass', conditions: [] }, undefined)).toEqual({ outcome: 'pass', conditions: [] })
})
