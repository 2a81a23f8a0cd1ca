import type { Row } from '@banyan/toolkit/anti-corruption'
import { parseJson } from '@banyan/toolkit/base'
import { formatLegacyName, parseLegacyName } from './name.ts'
import type { Part } from './part.ts'
import { carried, codes, isKey, isText, isTextOrNull, refused, same, shown, text } from './parts.ts'
import { formatShopTime, parseShopTime } from './shop-time.ts'

const flag = [
  ['Y', 1],
  ['N', 0],
] as const

/** `LAST, FIRST` in one column <-> two names. What capitals alone would not give back is kept as legacy wrote it. */
const name: Part = {
  legacy: ['nm'],
  service: ['family_name', 'given_name', 'legacy_name'],
  toService({ nm }) {
    const parts = typeof nm === 'string' ? parseLegacyName(nm) : undefined
    if (parts === undefined) return refused(`no name "LAST, FIRST": ${shown(nm)}`)
    const exact = formatLegacyName(parts) === nm
    return carried({ family_name: parts.family, given_name: parts.given, legacy_name: exact ? null : (nm ?? null) })
  },
  toLegacy({ given_name: given = null, family_name: family, legacy_name: kept }) {
    if (typeof family !== 'string' || family === '') return refused(`no family name: ${shown(family)}`)
    if (given !== null && typeof given !== 'string') return refused(`no given name: ${shown(given)}`)
    const parts = typeof kept === 'string' ? parseLegacyName(kept) : undefined
    const stillSo = parts?.family === family && parts.given === given
    return carried({ nm: stillSo && typeof kept === 'string' ? kept : formatLegacyName({ given, family }) })
  },
}

/** Null: never asked; empty: declined; else a number. */
const phone: Part = {
  legacy: ['ph'],
  service: ['phone_kind', 'phone_number'],
  toService({ ph = null }) {
    if (ph === null) return carried({ phone_kind: 'unknown', phone_number: null })
    if (typeof ph !== 'string') return refused(`no phone number: ${shown(ph)}`)
    if (ph === '') return carried({ phone_kind: 'declined', phone_number: null })
    return carried({ phone_kind: 'number', phone_number: ph })
  },
  toLegacy({ phone_kind: kind, phone_number: number }) {
    if (kind === 'unknown') return carried({ ph: null })
    if (kind === 'declined') return carried({ ph: '' })
    if (kind === 'number' && typeof number === 'string' && number !== '') return carried({ ph: number })
    return refused(`no phone: ${shown(kind)} ${shown(number)}`)
  },
}

/** `Y`/`N` <-> when: legacy never kept the moment, so the last change stands for it. */
const deleted: Part = {
  legacy: ['del_flg'],
  service: ['deleted_at'],
  toService({ del_flg, upd_dt }) {
    if (del_flg === 'N') return carried({ deleted_at: null })
    if (del_flg !== 'Y') return refused(`unknown code ${shown(del_flg)}; known: "Y", "N"`)
    const instant = typeof upd_dt === 'string' ? toInstant(upd_dt) : undefined
    return instant === undefined
      ? refused(`deleted at no possible time: ${shown(upd_dt)}`)
      : carried({ deleted_at: instant })
  },
  toLegacy: ({ deleted_at = null }) => carried({ del_flg: deleted_at === null ? 'N' : 'Y' }),
}

/** Comma list <-> JSON list. */
const interests = text('intrsts', 'interests', {
  what: 'list of interests',
  toService: (list) => JSON.stringify(list === '' ? [] : list.split(',')),
  toLegacy: (json) => {
    const list = parseJson(json)
    return isListOfText(list) ? list.join(',') : undefined
  },
})

/** `cust` <-> `users`, column by column. What is not named here belongs to others: the last order, the credit limit. */
export const customerParts: readonly Part[] = [
  same('cust_id', 'id', isKey),
  same('email', 'email', isText),
  name,
  codes('st_cd', 'status', [
    ['A', 'active'],
    ['S', 'suspended'],
    ['X', 'closed'],
  ]),
  codes('nl_flg', 'newsletter', flag),
  interests,
  phone,
  codes('loy_tier', 'loyalty_tier', [
    [null, 'unrated'],
    ['NONE', 'none'],
    ['SILVER', 'silver'],
    ['GOLD', 'gold'],
    ['PLATINUM', 'platinum'],
  ]),
  shopTime('crt_dt', 'created_at'),
  shopTime('upd_dt', 'updated_at'),
  deleted,
]

/** `cust_addr` <-> `addresses`. */
export const addressParts: readonly Part[] = [
  same('addr_id', 'id', isKey),
  same('cust_id', 'user_id', isKey),
  codes('typ_cd', 'kind', [
    ['B', 'billing'],
    ['S', 'shipping'],
  ]),
  same('ln1', 'line1', isText),
  same('ln2', 'line2', isTextOrNull),
  same('city', 'city', isText),
  same('st', 'region', isText),
  same('zip', 'postal_code', isText),
  same('ctry', 'country', isText),
  codes('dflt_flg', 'is_default', flag),
]

/** The password columns of `cust` <-> the one row of `credentials`. A password changed in legacy forgets scrypt. */
export const credentialParts: readonly Part[] = [
  same('cust_id', 'user_id', isKey),
  {
    legacy: ['pwd_hash', 'pwd_salt'],
    service: ['legacy_hash', 'legacy_salt', 'scrypt'],
    toService: ({ pwd_hash: hash, pwd_salt: salt }) =>
      typeof hash === 'string' && typeof salt === 'string'
        ? carried({ legacy_hash: hash, legacy_salt: salt, scrypt: null })
        : refused('no password hash with its salt'),
    toLegacy: ({ legacy_hash: hash, legacy_salt: salt }: Row) =>
      typeof hash === 'string' && typeof salt === 'string'
        ? carried({ pwd_hash: hash, pwd_salt: salt })
        : refused('no legacy hash with its salt'),
  },
]

/** Local time of the shop, to the minute <-> ISO 8601 UTC. */
function shopTime(legacy: string, service: string): Part {
  return text(legacy, service, {
    what: 'possible local time MM/DD/YYYY hh:mm AM',
    toService: toInstant,
    toLegacy: (iso) => (Number.isNaN(Date.parse(iso)) ? undefined : formatShopTime(Date.parse(iso))),
  })
}

function toInstant(local: string): string | undefined {
  const ms = parseShopTime(local)
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
