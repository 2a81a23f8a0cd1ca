import type { VerifyReport } from '@banyan/toolkit/data-sync'
import { expect, test } from 'vitest'
import { startText } from './say-start.ts'

const none = { missing: 0, extra: 0, different: 0, untranslatable: 0, quarantined: 0 }
const start: VerifyReport = {
  ...{ capability: 'users', direction: 'to service', equal: true, aggregates: 2000, position: '3', drift: none },
  ...{ samples: [], rechecked: 0, complete: true, startedAt: '2026-01-01T00:00:00Z', tookMs: 1 },
}

test('equal copies are said to be, with how many aggregates that rests on', () => {
  expect(startText(start)).toBe('(2 000 aggregates of users are equal on both copies)')
})

test('what differs beforehand is a warning with an example', () => {
  const samples = [{ key: 7, kind: 'different', path: 'email', detail: '"a@x" where "b@x" is expected' }] as const
  expect(startText({ ...start, equal: false, drift: { ...none, different: 2 }, samples })).toBe(
    '! 2 of 2 000 aggregates of users differ on the copies before anything is sent, such as 7: email',
  )
})

test('law 7: copies without a single aggregate are not said to be equal', () => {
  expect(startText({ ...start, equal: undefined, aggregates: 0 })).toMatch(/^! it is not known/)
})
