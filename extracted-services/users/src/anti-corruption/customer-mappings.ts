import {
  codes,
  commaList,
  field,
  fields,
  flag,
  type Mapping,
  meanings,
  nullable,
  Refusal,
  refuse,
  shown,
  type TupleCodec,
  textCodec,
} from '@banyan/toolkit/anti-corruption'
import { formatLegacyName, parseLegacyName } from './name.ts'
import { shopTime } from './shop-time.ts'

const text = textCodec({ toService: (value) => value, toLegacy: (value) => value })

/** `LAST, FIRST` in one column <-> two names. What capitals alone would not give back is kept as legacy wrote it. */
const name: TupleCodec = {
  toService([written = null]) {
    const parts = typeof written === 'string' ? parseLegacyName(written) : undefined
    if (parts === undefined) return refuse(`no name "LAST, FIRST": ${shown(written)}`)
    return [parts.family, parts.given, formatLegacyName(parts) === written ? null : written]
  },
  toLegacy([family = null, given = null, written = null]) {
    if (typeof family !== 'string' || family === '') return refuse(`no family name: ${shown(family)}`)
    if (given !== null && typeof given !== 'string') return refuse(`no given name: ${shown(given)}`)
    const parts = typeof written === 'string' ? parseLegacyName(written) : undefined
    const stillSo = parts?.family === family && parts.given === given
    return [stillSo ? written : formatLegacyName({ given, family })]
  },
  losses: [
    {
      path: '',
      what: 'legacy has upper case only, where it never wrote the name otherwise',
      example: { from: 'Ian McKay', to: 'MCKAY, IAN' },
    },
  ],
}

/** `Y`/`N` <-> when: legacy never kept the moment, so the last change stands for it where nothing better is known. */
const deletion: Mapping = {
  legacy: ['del_flg'],
  service: ['deleted_at'],
  losses: [
    {
      path: 'deleted_at',
      what: 'legacy keeps whether, not when',
      example: { from: '2024-05-06T13:07:42.000Z', to: 'Y' },
    },
  ],
  carry(to, { row, before, out }) {
    if (to === 'legacy') {
      out.del_flg = (row.deleted_at ?? null) === null ? 'N' : 'Y'
      return undefined
    }
    if (row.del_flg !== 'Y' && row.del_flg !== 'N') return `unknown code ${shown(row.del_flg)}; known: "Y", "N"`
    const moment = row.del_flg === 'N' ? null : (before?.deleted_at ?? shopTime.toService(row.upd_dt ?? null))
    if (moment instanceof Refusal) return `deleted at ${moment.reason}`
    out.deleted_at = moment
    return undefined
  },
}

/** The password as legacy has it; a password changed in legacy forgets the scrypt of the old one. */
const password: TupleCodec = {
  toService: ([hash, salt]) =>
    typeof hash === 'string' && typeof salt === 'string'
      ? [hash, salt, null]
      : refuse('no password hash with its salt'),
  toLegacy: ([hash, salt]) =>
    typeof hash === 'string' && typeof salt === 'string' ? [hash, salt] : refuse('no legacy hash with its salt'),
  losses: [
    {
      path: '',
      what: 'legacy cannot check scrypt: it has the SHA-1 hash that is kept beside it',
      example: { from: '$scrypt$ln=14,r=8,p=5$...', to: null },
    },
  ],
}

/** `cust` <-> `users`. What is not named here belongs to others: the last order, the last visit, the credit limit. */
export const customerMappings: readonly Mapping[] = [
  field('cust_id', 'id'),
  field('email', 'email', text),
  fields(['nm'], ['family_name', 'given_name', 'legacy_name'], name),
  field(
    'st_cd',
    'status',
    codes([
      ['A', 'active'],
      ['S', 'suspended'],
      ['X', 'closed'],
    ]),
  ),
  field('nl_flg', 'newsletter', flag()),
  field('intrsts', 'interests', commaList()),
  fields(
    ['ph'],
    ['phone_kind', 'phone_number'],
    meanings(
      [
        [null, 'unknown'],
        ['', 'declined'],
      ],
      'number',
    ),
  ),
  field(
    'loy_tier',
    'loyalty_tier',
    codes([
      [null, 'unrated'],
      ['NONE', 'none'],
      ['SILVER', 'silver'],
      ['GOLD', 'gold'],
      ['PLATINUM', 'platinum'],
    ]),
  ),
  field('crt_dt', 'created_at', shopTime),
  field('upd_dt', 'updated_at', shopTime),
  deletion,
]

/** `cust_addr` <-> `addresses`. */
export const addressMappings: readonly Mapping[] = [
  field('addr_id', 'id'),
  field('cust_id', 'user_id'),
  field(
    'typ_cd',
    'kind',
    codes([
      ['B', 'billing'],
      ['S', 'shipping'],
    ]),
  ),
  field('ln1', 'line1', text),
  field('ln2', 'line2', nullable(text)),
  field('city', 'city', text),
  field('st', 'region', text),
  field('zip', 'postal_code', text),
  field('ctry', 'country', text),
  field('dflt_flg', 'is_default', flag()),
]

/** The password columns of `cust` <-> the one row of `credentials`. */
export const credentialMappings: readonly Mapping[] = [
  field('cust_id', 'user_id'),
  fields(['pwd_hash', 'pwd_salt'], ['legacy_hash', 'legacy_salt', 'scrypt'], password),
]
