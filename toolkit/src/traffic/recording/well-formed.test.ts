import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../base/index.ts'
import { exchangeSchema } from './parse-exchange.ts'
import { isWellFormed } from './well-formed.ts'

const body = { encoding: 'utf8', data: 'x', bytes: 1, truncated: false }
const whole = {
  id: 'x1',
  at: '2026-01-02T03:04:05.000Z',
  route: 'users.read',
  capability: 'users',
  servedBy: 'legacy',
  caller: '~tok_0123456789ab',
  request: { method: 'GET', target: '/a', headers: [['Accept', '*/*']], body },
  response: { status: 200, headers: [['A', 'b']], body },
  tookMs: 1.5,
}

test('an exchange as a recorder writes it is well-formed, with and without what may be missing', () => {
  expect(isWellFormed(whole)).toBe(true)
  const { capability: _capability, caller: _caller, ...rest } = whole
  const { method, target, headers } = whole.request
  expect(isWellFormed({ ...rest, request: { method, target, headers } })).toBe(true)
})

test('whatever is changed in an exchange, what is taken for well-formed the schema takes, too', () => {
  const place = fc.constantFrom(...placesOf(whole))
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(99, 1000, 200.5, '', '2026-02-31T00:00:00.000Z', '2026-13-01', -1),
  )
  fc.assert(
    fc.property(place, odd, fc.boolean(), (path, value, remove) => {
      const changed = changedAt(whole, path, remove ? undefined : (value as Json))
      if (isWellFormed(changed)) expect(exchangeSchema.safeParse(changed).error).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('the days that there are, and no others', () => {
  for (let month = 0; month <= 13; month++) {
    for (let day = 0; day <= 32; day++) {
      const at = `2027-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T03:04:05.000Z`
      expect(isWellFormed({ ...whole, at }), at).toBe(exchangeSchema.safeParse({ ...whole, at }).success)
    }
  }
})

type Path = readonly string[]

function placesOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    ...(path.length === 0 ? [] : [path]),
    ...Object.entries(value).flatMap(([key, of]) => placesOf(of, [...path, key])),
  ]
}

function changedAt(value: Json, [key, ...rest]: Path, put: Json | undefined): Json {
  if (key === undefined || typeof value !== 'object' || value === null) return put ?? null
  const copy: object = Array.isArray(value) ? [...value] : { ...value }
  const at = Reflect.get(value, key)
  if (rest.length === 0 && put === undefined) Reflect.deleteProperty(copy, key)
  else Reflect.set(copy, key, rest.length === 0 ? put : changedAt(at, rest, put))
  return JSON.parse(JSON.stringify(copy))
}
