import fc from 'fast-check'
import type { CustomerRows } from '../src/anti-corruption/legacy-rows.ts'
import { formatShopTime } from '../src/anti-corruption/shop-time.ts'
import type { UserRows } from '../src/database/rows.ts'

const instantMs = fc.integer({ min: Date.parse('1971-01-02T00:00Z'), max: Date.parse('2099-12-30T00:00Z') })
const shopTime = instantMs.map(formatShopTime)
const letters = fc.constantFrom(
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcz',
  "'",
  '-',
  ' ',
  '.',
  'Ö',
  'İ',
  'ß',
  'ŉ',
  'ǅ',
  '李',
  'Σ',
  'ς',
)
const word = fc.string({ unit: letters, minLength: 1, maxLength: 12 })
const legacyName = fc
  .oneof(
    fc.tuple(word, word).map((parts) => parts.join(', ')),
    word,
    fc.array(word, { minLength: 3, maxLength: 4 }).map((parts) => parts.join(', ')),
  )
  .filter((name) => name.trim() !== '')
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const key = fc.integer({ min: 1, max: 2_147_483_647 })
const flag = fc.constantFrom('Y', 'N')

/** Customers as legacy may hold them, odd names and lists included. */
export const legacyCustomers: fc.Arbitrary<CustomerRows> = fc
  .record({
    root: fc.record({
      cust_id: key,
      nm: legacyName,
      email: fc.emailAddress(),
      pwd_hash: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 }),
      pwd_salt: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 8, maxLength: 8 }),
      ph: fc.option(text),
      st_cd: fc.constantFrom('A', 'S', 'X'),
      nl_flg: flag,
      intrsts: fc
        .array(fc.string({ unit: fc.constantFrom('A', 'b', ',', ' ', '"'), maxLength: 6 }), { maxLength: 4 })
        .map((codes) => codes.join(',')),
      loy_tier: fc.constantFrom(null, 'NONE', 'SILVER', 'GOLD', 'PLATINUM'),
      crt_dt: shopTime,
      upd_dt: shopTime,
      del_flg: flag,
    }),
    addresses: fc.uniqueArray(
      fc.record({
        addr_id: key,
        typ_cd: fc.constantFrom('B', 'S'),
        ln1: text,
        ln2: fc.option(text),
        city: text,
        st: text,
        zip: text,
        ctry: text,
        dflt_flg: flag,
      }),
      { maxLength: 4, selector: (address) => address.addr_id },
    ),
  })
  .map(({ root, addresses }) => ({
    root,
    children: { addresses: addresses.map((address) => ({ ...address, cust_id: root.cust_id })) },
  }))

/** Users as the service may hold them: names in any case, seconds, a moment of deletion, scrypt. */
export const serviceUsers: fc.Arbitrary<UserRows> = fc
  .record({
    root: fc.record({
      id: key,
      email: fc.emailAddress(),
      given_name: fc.option(word.filter((name) => name.trim() !== '')),
      family_name: word.filter((name) => name.trim() !== ''),
      legacy_name: fc.option(legacyName),
      status: fc.constantFrom('active', 'suspended', 'closed'),
      newsletter: fc.constantFrom(0, 1),
      interests: fc
        .array(fc.constantFrom('BOOKS', 'GARDEN', 'tea'), { maxLength: 3 })
        .map((list) => JSON.stringify(list)),
      loyalty_tier: fc.constantFrom('unrated', 'none', 'silver', 'gold', 'platinum'),
      created_at: instantMs.map((ms) => new Date(ms).toISOString()),
      updated_at: instantMs.map((ms) => new Date(ms).toISOString()),
      deleted_at: fc.option(instantMs.map((ms) => new Date(ms).toISOString())),
    }),
    phone: fc.constantFrom(['unknown', null], ['declined', null], ['number', '+1 212 555 0100']),
    scrypt: fc.option(fc.constant('$scrypt$ln=14,r=8,p=5$c2FsdA$a2V5')),
  })
  .map(({ root, phone, scrypt }) => ({
    root: { ...root, phone_kind: String(phone[0]), phone_number: phone[1] ?? null },
    children: {
      addresses: [],
      credentials: [{ user_id: root.id, legacy_hash: 'ab'.repeat(20), legacy_salt: '0011', scrypt }],
    },
  }))
