import type { AggregateRows, Translation } from '@banyan/toolkit/anti-corruption'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { legacyCustomers, serviceUsers } from '../../test/customer-arbitraries.ts'
import type { UserRows } from '../database/rows.ts'
import { customerTranslator } from './customer-translator.ts'
import type { CustomerRows } from './legacy-rows.ts'

const { toService, toLegacy } = customerTranslator

test('toLegacy(toService(l)) equals l, without any memory of l', () => {
  fc.assert(
    fc.property(legacyCustomers, (legacy) => {
      expect(carriedOver(toLegacy(carriedOver(toService(legacy))))).toEqual(legacy)
    }),
    { numRuns: 500 },
  )
})

test('toLegacy(toService(l, s), l) equals l, whatever the service held before', () => {
  fc.assert(
    fc.property(legacyCustomers, serviceUsers, (legacy, before) => {
      expect(carriedOver(toLegacy(carriedOver(toService(legacy, before)), legacy))).toEqual(legacy)
    }),
  )
})

test('toService(toLegacy(s, l), s) equals s, whatever legacy held before', () => {
  fc.assert(
    fc.property(serviceUsers, fc.option(legacyCustomers, { nil: undefined }), (service, before) => {
      expect(carriedOver(toService(carriedOver(toLegacy(service, before)), service))).toEqual(service)
    }),
    { numRuns: 500 },
  )
})

test('carrying over twice equals carrying over once', () => {
  fc.assert(
    fc.property(legacyCustomers, (legacy) => {
      const once = carriedOver(toService(legacy))
      expect(carriedOver(toService(legacy, once))).toEqual(once)
    }),
  )
})

test.each([
  ['SMITH, JOHN', { given_name: 'John', family_name: 'Smith', legacy_name: null }],
  ['McKAY, IAN', { given_name: 'Ian', family_name: 'McKay', legacy_name: 'McKAY, IAN' }],
  ["O'BRIEN, MARY-ANN", { given_name: 'Mary-Ann', family_name: "O'Brien", legacy_name: null }],
  ['CHER', { given_name: null, family_name: 'Cher', legacy_name: null }],
  ['SMITH, JOHN, JR', { given_name: 'John, Jr', family_name: 'Smith', legacy_name: null }],
  ['ÖZTÜRK, İPEK', { given_name: 'İpek', family_name: 'Öztürk', legacy_name: null }],
])('the name %s is read as people write it', (nm, names) => {
  expect(carriedOver(toService(customer({ nm }))).root).toMatchObject(names)
})

test('a name that the service spells better survives a change in legacy that does not touch it', () => {
  const before = carriedOver(toService(customer({ nm: 'MCKAY, IAN' })))
  const better: UserRows = { ...before, root: { ...before.root, family_name: 'McKay' } }
  const legacy = carriedOver(toLegacy(better))
  expect(legacy.root.nm).toBe('MCKAY, IAN')
  const after = carriedOver(toService({ ...legacy, root: { ...legacy.root, email: 'new@example.org' } }, better))
  expect(after.root).toMatchObject({ family_name: 'McKay', email: 'new@example.org' })
})

test('seconds and the moment of a deletion survive, as long as legacy says the same minute', () => {
  const base = carriedOver(toService(customer({ del_flg: 'Y' })))
  const root = { ...base.root, updated_at: '2024-05-06T13:07:42.123Z', deleted_at: '2024-05-06T13:07:41.000Z' }
  const service: UserRows = { ...base, root }
  expect(carriedOver(toService(carriedOver(toLegacy(service)), service)).root).toEqual(root)
})

test('a password that was changed in legacy forgets the scrypt of the old one; an unchanged one keeps it', () => {
  const base = carriedOver(toService(customer({})))
  const [credential] = base.children.credentials
  if (credential === undefined) throw new Error('no credential')
  const upgraded: UserRows = {
    ...base,
    children: { ...base.children, credentials: [{ ...credential, scrypt: 'kept' }] },
  }
  expect(carriedOver(toService(customer({}), upgraded)).children.credentials[0]?.scrypt).toBe('kept')
  const changed = customer({ pwd_hash: 'ff'.repeat(20) })
  expect(carriedOver(toService(changed, upgraded)).children.credentials[0]?.scrypt).toBeNull()
})

test.each([
  ['an unknown status', { st_cd: 'Q' }, 'st_cd', 'unknown code "Q"'],
  ['a status in small letters', { st_cd: 'a' }, 'st_cd', 'unknown code "a"'],
  ['an unknown loyalty tier', { loy_tier: 'TIN' }, 'loy_tier', 'unknown code "TIN"'],
  ['an empty flag', { nl_flg: '' }, 'nl_flg', 'unknown code ""'],
  ['an unknown deletion flag', { del_flg: '1' }, 'del_flg', 'unknown code "1"'],
  ['a day that the calendar lacks', { crt_dt: '02/30/2019 09:00 AM' }, 'crt_dt', '"02/30/2019 09:00 AM"'],
  ['an hour that the clocks skipped', { crt_dt: '03/10/2019 02:30 AM' }, 'crt_dt', 'the clocks skip it'],
  ['a thirteenth hour', { upd_dt: '03/10/2019 13:30 PM' }, 'upd_dt', 'no possible time'],
  ['an ISO date', { upd_dt: '2019-03-10' }, 'upd_dt', 'no possible time'],
  ['a blank name', { nm: '  ' }, 'nm', 'no name'],
])('%s is a problem with path and reason, never a null and never a crash', (_what, columns, path, reason) => {
  const translation = toService(customer(columns))
  if (translation.ok) throw new Error('translated')
  expect(translation.problems).toContainEqual({ path, reason: expect.stringContaining(reason) })
})

test('all problems of an aggregate are named at once, with the child they are in', () => {
  const { root } = customer({ st_cd: 'Q', nm: '' })
  const address = {
    addr_id: 1,
    cust_id: 7,
    typ_cd: 'Z',
    ln1: '',
    ln2: null,
    city: '',
    st: '',
    zip: '',
    ctry: '',
    dflt_flg: 'N',
  }
  const good = { ...address, addr_id: 2, typ_cd: 'B' }
  const translation = toService({ root, children: { addresses: [good, address] } })
  if (translation.ok) throw new Error('translated')
  expect(translation.problems.map(({ path }) => path)).toEqual(['nm', 'st_cd', 'addresses[1].typ_cd'])
})

test('columns of any type that a database may hold are problems, not crashes', () => {
  const anything = fc.oneof(
    fc.constant(null),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.date(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  )
  const columns = fc.constantFrom(
    'nm',
    'email',
    'st_cd',
    'nl_flg',
    'intrsts',
    'crt_dt',
    'upd_dt',
    'del_flg',
    'pwd_hash',
  )
  fc.assert(
    fc.property(columns, anything, (column, value) => {
      const rows: AggregateRows = { root: { ...customer({}).root, [column]: value }, children: { addresses: [] } }
      const translation = (toService as (legacy: AggregateRows) => Translation<AggregateRows>)(rows)
      expect(translation.ok).toBe(false)
    }),
  )
})

test('a date that is none, as a driver may give it, is a problem and not a crash', () => {
  const rows = { root: { ...customer({}).root, crt_dt: new Date(Number.NaN) }, children: { addresses: [] } }
  expect((toService as (legacy: AggregateRows) => Translation<AggregateRows>)(rows)).toMatchObject({
    ok: false,
    problems: [{ path: expect.stringContaining('crt_dt'), reason: expect.stringContaining('an invalid date') }],
  })
})

test('what is lost is declared with an example that shows it', () => {
  expect(customerTranslator.losses.map(({ path }) => path)).toContain('legacy_hash, legacy_salt, scrypt')
  for (const loss of customerTranslator.losses) expect(loss.example.from).not.toEqual(loss.example.to)
})

function customer(columns: Partial<CustomerRows['root']>): CustomerRows {
  return {
    root: {
      cust_id: 7,
      nm: 'SMITH, JOHN',
      email: 'john@example.org',
      pwd_hash: 'ab'.repeat(20),
      pwd_salt: '00112233',
      ph: null,
      st_cd: 'A',
      nl_flg: 'N',
      intrsts: 'BOOKS,GARDEN',
      loy_tier: null,
      crt_dt: '03/04/2019 04:00 AM',
      upd_dt: '05/06/2024 09:07 AM',
      del_flg: 'N',
      ...columns,
    },
    children: { addresses: [] },
  }
}

function carriedOver<Value>(translation: Translation<Value>): Value {
  if (translation.ok) return translation.value
  throw new Error(JSON.stringify(translation.problems))
}
