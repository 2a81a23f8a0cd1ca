import { isJsonObject } from '@banyan/toolkit/base'
import type { CustAddrRow, CustRow } from './legacy-rows.ts'

/** An address as a legacy client gives it, in legacy's columns. */
export type GivenAddress = Omit<CustAddrRow, 'addr_id' | 'cust_id'>

/** What a legacy client gives of a customer, in legacy's columns; what was not given is left out. */
export interface GivenCustomer {
  readonly columns: Partial<Pick<CustRow, 'nm' | 'email' | 'ph' | 'st_cd' | 'nl_flg' | 'intrsts'>>
  readonly password: string | undefined
  /** Replace all that there are. */
  readonly addresses: readonly GivenAddress[] | undefined
}

/** The customer of a body, or legacy's words for the first field that has the wrong type. */
export type LegacyBody =
  | { readonly ok: true; readonly given: GivenCustomer }
  | { readonly ok: false; readonly error: `bad ${string}` }

const textFields = ['name', 'first', 'last', 'email', 'password', 'status', 'interests'] as const
const mostAddresses = 50

/** Reads the body of POST and PUT /api/customers as legacy does: types are checked, unknown fields passed over. */
export function parseLegacyBody(body: unknown): LegacyBody {
  if (!isJsonObject(body)) return { ok: false, error: 'bad body' }
  const { phone, newsletter, addresses } = body
  const wrong = textFields.find((field) => body[field] !== undefined && typeof body[field] !== 'string')
  if (wrong !== undefined) return { ok: false, error: `bad ${wrong}` }
  if (phone !== undefined && phone !== null && typeof phone !== 'string') return { ok: false, error: 'bad phone' }
  if (newsletter !== undefined && newsletter !== 'Y' && newsletter !== 'N')
    return { ok: false, error: 'bad newsletter' }
  const rows = addresses === undefined ? [] : parseAddresses(addresses)
  if (rows === undefined) return { ok: false, error: 'bad addresses' }
  const text = (field: (typeof textFields)[number]) => textOf(body[field])
  const columns = given({
    // An empty name changes nothing, and creates nobody.
    nm: nameOf(text('name'), text('first'), text('last')) || undefined,
    email: text('email')?.trim(),
    ph: phone,
    st_cd: text('status'),
    nl_flg: newsletter,
    intrsts: text('interests'),
  })
  return {
    ok: true,
    given: { columns, password: text('password'), addresses: addresses === undefined ? undefined : rows },
  }
}

function nameOf(name: string | undefined, first: string | undefined, last: string | undefined): string {
  if (name !== undefined) return name.trim().toUpperCase()
  const parts = [last, first].map((part) => (part ?? '').trim()).filter((part) => part !== '')
  return parts.join(', ').toUpperCase()
}

function parseAddresses(value: unknown): readonly GivenAddress[] | undefined {
  if (!Array.isArray(value) || value.length > mostAddresses) return undefined
  const rows = value.map(parseAddress)
  return rows.every((row) => row !== undefined) ? rows : undefined
}

function parseAddress(value: unknown): GivenAddress | undefined {
  if (!isJsonObject(value)) return undefined
  const { type, default: dflt = 'N' } = value
  const [ln1, city] = [textOf(value.line1), textOf(value.city)]
  const [st, zip, ctry] = [textOf(value.state ?? ''), textOf(value.zip ?? ''), textOf(value.country ?? 'US')]
  const ln2 = (value.line2 ?? null) === null ? null : textOf(value.line2)
  if ((type !== 'B' && type !== 'S') || (dflt !== 'Y' && dflt !== 'N') || !ln1 || !city) return undefined
  if (ln2 === undefined || st === undefined || zip === undefined || ctry === undefined) return undefined
  return { typ_cd: type, ln1, ln2, city, st, zip, ctry, dflt_flg: dflt }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function given<Columns extends object>(
  columns: Columns,
): { [Name in keyof Columns]?: Exclude<Columns[Name], undefined> } {
  const entries = Object.entries(columns).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Columns]?: Exclude<Columns[Name], undefined> }
}
