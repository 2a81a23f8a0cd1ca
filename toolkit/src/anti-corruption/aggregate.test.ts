import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aggregate } from './aggregate.ts'
import type { Row } from './aggregate-rows.ts'
import { checkLegacyRoundTrip, checkServiceRoundTrip } from './contract-checks.ts'
import { customerTranslator, legacyCustomer, legacyCustomers, serviceUsers } from './customer.fixture.ts'
import { field } from './fields.ts'
import type { Translation } from './translator.ts'

test('what goes to the service and comes back unchanged is what legacy held, whatever it was', () => {
  let checked = 0
  fc.assert(
    fc.property(legacyCustomers, (legacy) => {
      const report = checkLegacyRoundTrip(customerTranslator, [legacy])
      checked += report.checked
      expect(report.broken).toEqual([])
    }),
    { numRuns: 500 },
  )
  expect(checked).toBeGreaterThan(100)
})

test('what goes to legacy and comes back unchanged is what the service held: seconds, capitals and all', () => {
  let checked = 0
  fc.assert(
    fc.property(serviceUsers, (service) => {
      const full = { ...service, root: { ...service.root, last_seen_at: null } }
      const legacy = translated(customerTranslator.toLegacy(full))
      const back = customerTranslator.toService({ ...legacy, root: { ...legacy.root, lst_seen_dt: null } }, full)
      expect(translated(back).root).toEqual(omit(full.root, 'version'))
      checked++
    }),
    { numRuns: 500 },
  )
  expect(checked).toBeGreaterThanOrEqual(500)
})

test('a change on one side changes only what it says on the other', () => {
  const legacy = legacyCustomer({ nm: 'McKay, Ian', crd_lim: '5.5' })
  const service = translated(customerTranslator.toService(legacy))
  const renamed = { ...service, root: { ...service.root, status: 'suspended' } }
  const back = translated(customerTranslator.toLegacy(renamed, legacy))
  expect(back.root).toMatchObject({ nm: 'McKay, Ian', crd_lim: '5.5', st_cd: 'S' })
})

test('all problems of an aggregate come at once, each with path and value', () => {
  const bad = legacyCustomer({ st_cd: 'Q', crt_dt: '02/30/2024 09:00 AM' }, [
    { addr_id: 1, cust_id: 7, dflt_flg: 'Y', ln1: 'x' },
    { addr_id: 2, cust_id: 7, dflt_flg: '?', ln1: 'x' },
  ])
  expect(customerTranslator.toService(bad)).toEqual({
    ok: false,
    problems: [
      { path: 'st_cd', reason: 'unknown code "Q"; known: "A", "S", null' },
      { path: 'crt_dt', reason: 'no possible time MM/DD/YYYY hh:mm AM: "02/30/2024 09:00 AM"' },
      { path: 'addresses[1].dflt_flg', reason: 'unknown code "?"; known: "Y", "N"' },
    ],
  })
})

test('a constant is written when a row is new and left alone ever after', () => {
  const service = translated(customerTranslator.toService(legacyCustomer()))
  expect(service.root.version).toBe(1)
  expect(translated(customerTranslator.toService(legacyCustomer(), service)).root).not.toHaveProperty('version')
})

test('a copied column goes to the service and never back', () => {
  const service = translated(customerTranslator.toService(legacyCustomer({ lst_seen_dt: '05/06/2024 09:07 AM' })))
  expect(service.root.last_seen_at).toBe('2024-05-06T13:07:00.000Z')
  expect(translated(customerTranslator.toLegacy(service)).root).not.toHaveProperty('lst_seen_dt')
})

test('children keep what their own before held, in whatever order they come', () => {
  const translator = aggregate({
    root: [field('id')],
    children: { lines: { key: ['no', 'id'], fields: [field('no', 'id'), field('t', 't', upper)] } },
  })
  const before = {
    root: { id: 1 },
    children: {
      lines: [
        { id: 1, t: 'aB' },
        { id: 2, t: 'cD' },
      ],
    },
  }
  const legacy = {
    root: { id: 1 },
    children: {
      lines: [
        { no: 2, t: 'CD' },
        { no: 1, t: 'XX' },
      ],
    },
  }
  expect(translated(translator.toService(legacy, before)).children.lines).toEqual([
    { id: 2, t: 'cD' },
    { id: 1, t: 'xx' },
  ])
})

test('a column that is not there is a problem, not a hole', () => {
  const translator = aggregate({ root: [field('id'), field('gone')] })
  expect(translator.toService({ root: { id: 1 }, children: {} })).toEqual({
    ok: false,
    problems: [{ path: 'gone', reason: 'the column is missing' }],
  })
})

test('a check of the laws names a translator that forgets', () => {
  const forgetful = {
    ...customerTranslator,
    toLegacy: (service: Parameters<typeof customerTranslator.toLegacy>[0]) => customerTranslator.toLegacy(service),
  }
  const report = checkLegacyRoundTrip(forgetful, [
    legacyCustomer(),
    legacyCustomer({ nm: 'McKay, Ian' }),
    legacyCustomer({ st_cd: 'Q' }),
  ])
  expect(report).toMatchObject({
    checked: 2,
    untranslatable: 1,
    broken: [{ sample: 0, detail: 'src: "WEB" became "NEW"' }, { sample: 1 }],
  })
})

test('a check of the laws passes what the combinators make, and counts what proves nothing', () => {
  const users = fc.sample(serviceUsers, 50).map((user) => ({ ...user, root: { ...user.root, last_seen_at: null } }))
  const owned = aggregate({ root: [field('cust_id', 'id')] })
  expect(checkServiceRoundTrip(owned, users)).toEqual({ checked: 50, untranslatable: 0, broken: [] })
})

const upper = {
  toService: (value: unknown) => String(value).toLowerCase(),
  toLegacy: (value: unknown) => String(value).toUpperCase(),
}

function translated<Value>(translation: Translation<Value>): Value {
  if (!translation.ok) throw new Error(JSON.stringify(translation.problems))
  return translation.value
}

function omit(row: Row, column: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== column))
}
