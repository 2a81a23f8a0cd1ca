import { expect, test } from 'vitest'
import { type Answer, headerMap } from './answer/answer.ts'
import { compareReplayed } from './compare-replayed.ts'

const noRules = { rules: [] }
const failed = { kind: 'not-comparable', why: 'both-failed' }
const refused = { kind: 'not-comparable', why: 'both-refused' }

test('what both arms refuse, and the recording saw let in, is not comparable', () => {
  const both = { legacy: answer(401), service: answer(404) }
  expect(compareReplayed({ status: 200 }, both, noRules)).toEqual(refused)
  expect(compareReplayed({ status: 404 }, both, noRules).kind).toBe('mismatch')
  expect(compareReplayed({ status: 404 }, twice(answer(401)), noRules)).toEqual(refused)
  expect(compareReplayed({ status: 401 }, twice(answer(401)), noRules)).toEqual({ kind: 'match' })
  expect(compareReplayed({ status: 404 }, twice(answer(404)), noRules)).toEqual({ kind: 'match' })
  expect(compareReplayed({ status: 200 }, { ...both, legacy: answer(200) }, noRules).kind).toBe('mismatch')
})

test.each([400, 409, 422, 429, 500, 502, 503])(
  'that both arms answer %i alike proves nothing of what was done',
  (status) => {
    expect(compareReplayed({ status: 201 }, twice(answer(status)), noRules)).toEqual(failed)
    expect(compareReplayed({ status: 302 }, twice(answer(status)), noRules)).toEqual(failed)
    expect(compareReplayed({ status }, twice(answer(status)), noRules)).toEqual({ kind: 'match' })
  },
)

test('both arms send to the log-in page, or show it, where data was recorded: nothing was compared', () => {
  const sent = answer(302, { location: '/login' })
  expect(compareReplayed({ status: 200 }, twice(sent), noRules)).toEqual(failed)
  expect(compareReplayed({ status: 303 }, twice(sent), noRules)).toEqual({ kind: 'match' })
  const page = answer(200, { 'content-type': 'text/html' })
  const recorded = { status: 200, contentType: 'application/json' }
  expect(compareReplayed(recorded, twice(page), noRules)).toEqual(failed)
  expect(compareReplayed(recorded, twice({ ...answer(200, {}), body: Buffer.alloc(0) }), noRules)).toEqual(failed)
  expect(compareReplayed(recorded, twice(answer(200)), noRules)).toEqual({ kind: 'match' })
  expect(compareReplayed({ status: 200, contentType: 'text/html' }, twice(page), noRules)).toEqual({ kind: 'match' })
})

test('a refused request that is overloaded or broken now is no match either', () => {
  expect(compareReplayed({ status: 404 }, twice(answer(500)), noRules)).toEqual(failed)
  expect(compareReplayed({ status: 0 }, twice(answer(503)), noRules)).toEqual(failed)
  expect(compareReplayed({ status: 0 }, twice(answer(404)), noRules)).toEqual({ kind: 'match' })
  expect(compareReplayed({ status: 500 }, twice(answer(502)), noRules)).toEqual({ kind: 'match' })
})

test('two failures that differ are a mismatch, whatever was recorded', () => {
  const both = { legacy: answer(500), service: answer(503) }
  expect(compareReplayed({ status: 200 }, both, noRules).kind).toBe('mismatch')
})

function twice(one: Answer) {
  return { legacy: one, service: one }
}

function answer(status: number, headers: Record<string, string> = { 'content-type': 'application/json' }): Answer {
  return { status, headers: headerMap(Object.entries(headers)), body: Buffer.from('{"a":1}'), truncated: false }
}
