import { faker } from '@faker-js/faker/locale/en_US'
import { hashPassword } from '../auth/passwords.ts'
import { toLocal } from '../time/shop-time.ts'
import { demoPassword, keeperEmail } from './demo-accounts.ts'
import { hostileCustomers } from './hostile.ts'
import { chance, laterOf, localBetween, seedNow, shopOpened } from './plan.ts'
import { categories } from './products.ts'
import type { AddressRow, CustomerRow, SeededCustomer } from './rows.ts'

/** Draws the customers, oldest first; customer 1 keeps the shop, the awkward ones follow. */
export function drawCustomers(count: number): readonly SeededCustomer[] {
  const moments = Array.from({ length: count }, () =>
    faker.number.int({ min: shopOpened.getTime(), max: seedNow.getTime() }),
  ).sort((a, b) => a - b)
  return moments.map((moment, index) => {
    const ordinary = drawCustomer(index + 1, new Date(index === 0 ? shopOpened : moment))
    const hostile = index === 0 ? keeper : hostileCustomers[index - 1]
    return hostile
      ? { row: { ...ordinary.row, ...hostile.row }, addresses: hostile.addresses ?? ordinary.addresses }
      : ordinary
  })
}

const keeper = {
  row: { nm: 'KEEPER, SHOP', email: keeperEmail, st_cd: 'A', del_flg: 'N' },
  addresses: undefined,
}

function drawCustomer(id: number, created: Date): SeededCustomer {
  const first = faker.person.firstName()
  const last = faker.person.lastName()
  const salt = faker.string.hexadecimal({ length: 8, casing: 'lower', prefix: '' })
  const crt_dt = toLocal(created)
  const row: CustomerRow = {
    cust_id: id,
    nm: `${last}, ${first}`.toUpperCase(),
    email: `${first}.${last}${id}@example.${faker.helpers.arrayElement(['com', 'net', 'org'])}`.toLowerCase(),
    pwd_hash: hashPassword(demoPassword, salt),
    pwd_salt: salt,
    ph: chance(25) ? null : chance(12) ? '' : `+1 ${faker.string.numeric(3)} 555 ${faker.string.numeric(4)}`,
    st_cd: chance(5) ? faker.helpers.arrayElement(['S', 'X']) : 'A',
    nl_flg: chance(40) ? 'Y' : 'N',
    intrsts: drawInterests(),
    loy_tier: null,
    crt_dt,
    upd_dt: chance(40) ? crt_dt : localBetween(created, seedNow),
    lst_ord_dt: null,
    lst_seen_dt: chance(15) ? null : laterOf(crt_dt, localBetween(created, seedNow)),
    del_flg: chance(2) ? 'Y' : 'N',
    crd_lim: chance(70) ? null : `${faker.number.int({ min: 1, max: 40 }) * 250}.00`,
  }
  return { row, addresses: drawAddresses() }
}

function drawInterests(): string {
  const codes = categories.map((category) => category.code)
  return faker.helpers.arrayElements(codes, { min: 0, max: 4 }).sort().join(',')
}

function drawAddresses(): readonly AddressRow[] {
  const billing = drawAddress('B')
  if (chance(40)) return [billing]
  if (chance(50)) return [billing, { ...billing, typ_cd: 'S' }]
  return [billing, drawAddress('S'), ...(chance(20) ? [{ ...drawAddress('S'), dflt_flg: 'N' }] : [])]
}

function drawAddress(typ_cd: 'B' | 'S'): AddressRow {
  return {
    typ_cd,
    ln1: faker.location.streetAddress(),
    ln2: chance(20) ? faker.location.secondaryAddress() : null,
    city: faker.location.city(),
    st: chance(35) ? 'NY' : faker.location.state({ abbreviated: true }),
    zip: faker.location.zipCode('#####'),
    ctry: 'US',
    dflt_flg: 'Y',
  }
}
