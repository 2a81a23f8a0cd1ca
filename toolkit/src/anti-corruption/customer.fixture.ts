import fc from 'fast-check'
import { z } from 'zod'
import { aggregate } from './aggregate.ts'
import type { AggregateRows, Row } from './aggregate-rows.ts'
import { codes, commaList, decimal, flag, fromZod, nullable } from './codecs.ts'
import { copied, field, fields, onInsert } from './fields.ts'
import { localTime } from './local-time.ts'
import { lastFirstName, meanings } from './tuple-codecs.ts'

const shopTime = localTime({ zone: 'America/New_York', pattern: 'MM/DD/YYYY hh:mm AM' })
const trimmed = z.codec(z.string(), z.string(), { decode: (text) => text.trim(), encode: (text) => text })

/** A translator that uses every kind of field. */
export const customerTranslator = aggregate({
  root: [
    field('cust_id', 'id'),
    fields(['nm'], ['first_name', 'last_name'], lastFirstName()),
    fields(
      ['ph'],
      ['phone_kind', 'phone'],
      meanings(
        [
          [null, 'unknown'],
          ['', 'declined'],
        ],
        'given',
      ),
    ),
    field('email', 'email', fromZod(trimmed)),
    field(
      'st_cd',
      'status',
      codes([
        ['A', 'active'],
        ['S', 'suspended'],
        [null, 'unrated'],
      ]),
    ),
    field('nl_flg', 'newsletter', flag()),
    field('intrsts', 'interests', commaList()),
    field('crd_lim', 'credit_limit_cents', nullable(decimal(2))),
    field('crt_dt', 'created_at', shopTime),
    copied('lst_seen_dt', 'last_seen_at', nullable(shopTime)),
    onInsert('legacy', { src: 'NEW' }),
    onInsert('service', { version: 1 }),
  ],
  children: {
    addresses: {
      key: ['addr_id', 'id'],
      fields: [
        field('addr_id', 'id'),
        field('cust_id', 'user_id'),
        field('dflt_flg', 'is_default', flag()),
        field('ln1', 'line1'),
      ],
    },
  },
  embedded: { credentials: [field('cust_id', 'user_id'), field('pwd', 'hash')] },
})

/** A legacy customer that can be translated, overlaid by `root`. */
export function legacyCustomer(root: Row = {}, addresses: readonly Row[] = []): AggregateRows {
  const usual = {
    cust_id: 7,
    nm: 'SMITH, JOHN',
    ph: null,
    email: 'j@example.com',
    st_cd: 'A',
    nl_flg: 'Y',
    intrsts: 'BOOKS',
  }
  const more = { crd_lim: '12.50', crt_dt: '05/06/2024 09:07 AM', lst_seen_dt: null, src: 'WEB', pwd: 'x' }
  return { root: { ...usual, ...more, ...root }, children: { addresses } }
}

const two = (value: number) => String(value).padStart(2, '0')
const wallTimes = fc
  .date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => {
    const hour = date.getUTCHours()
    const day = `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()}`
    return `${day} ${two(hour % 12 || 12)}:${two(date.getUTCMinutes())} ${hour < 12 ? 'AM' : 'PM'}`
  })
const words = fc.string({ minLength: 1, maxLength: 12 }).filter((word) => !word.includes(','))

/** Legacy customers, clean and odd ones: also with times that do not exist, which cannot be translated. */
export const legacyCustomers: fc.Arbitrary<AggregateRows> = fc
  .record({
    root: fc.record({
      cust_id: fc.nat(),
      nm: fc.oneof(
        fc.string({ minLength: 1 }),
        fc.constantFrom('SMITH, JOHN', 'McKay, Ian', 'VAN DER BERG,  ANNA-LISA', 'CHER'),
      ),
      ph: fc.constantFrom(null, '', '+1 212 555 0100'),
      email: fc.oneof(fc.emailAddress(), fc.constant(' spaced@example.com ')),
      st_cd: fc.constantFrom('A', 'S', null),
      nl_flg: fc.constantFrom('Y', 'N'),
      intrsts: fc.oneof(
        fc.constantFrom('', 'BOOKS,GARDEN'),
        fc.array(words).map((list) => list.join(',')),
      ),
      crd_lim: fc.oneof(
        fc.constantFrom(null, '5', '5.5', '0005.50', '-0'),
        fc.nat().map((cents) => (cents / 100).toFixed(2)),
      ),
      crt_dt: wallTimes,
      lst_seen_dt: fc.option(wallTimes),
      src: fc.constantFrom('WEB', 'MAIL'),
      pwd: fc.string(),
    }),
    addresses: fc.uniqueArray(
      fc.record({ addr_id: fc.nat(), cust_id: fc.nat(), dflt_flg: fc.constantFrom('Y', 'N'), ln1: fc.string() }),
      { maxLength: 4, selector: (row) => row.addr_id },
    ),
  })
  .map(({ root, addresses }) => ({ root, children: { addresses } }))

/** Users of the service, with what legacy cannot say: seconds, capitals. */
export const serviceUsers: fc.Arbitrary<AggregateRows> = fc
  .record({
    root: fc.record({
      id: fc.nat(),
      first_name: fc.constantFrom('', 'Ian', 'ian', 'Anna-Lisa'),
      last_name: fc.constantFrom('McKay', 'SMITH', "O'Neil"),
      email: fc.emailAddress(),
      status: fc.constantFrom('active', 'suspended', 'unrated'),
      newsletter: fc.constantFrom(0, 1),
      interests: fc.array(words.filter((word) => word !== '')).map((list) => JSON.stringify(list)),
      credit_limit_cents: fc.option(fc.integer()),
      created_at: fc
        .date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      version: fc.nat(),
    }),
    phone: fc.constantFrom(
      { phone_kind: 'unknown', phone: null },
      { phone_kind: 'declined', phone: null },
      { phone_kind: 'given', phone: '+1 212 555 0100' },
    ),
    hash: fc.string(),
    addresses: fc.uniqueArray(
      fc.record({ id: fc.nat(), user_id: fc.nat(), is_default: fc.constantFrom(0, 1), line1: fc.string() }),
      { maxLength: 4, selector: (row) => row.id },
    ),
  })
  .map(({ root, phone, hash, addresses }) => ({
    root: { ...root, ...phone },
    children: { addresses, credentials: [{ user_id: root.id, hash }] },
  }))
