/** An address as a caller gives it. */
export interface GivenAddress {
  readonly type: 'B' | 'S'
  readonly line1: string
  readonly line2: string | null
  readonly city: string
  readonly state: string
  readonly zip: string
  readonly country: string
  readonly default: 'Y' | 'N'
}

/** What a caller may give of a customer; what is undefined was not given. */
export interface GivenCustomer {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly password?: string | undefined
  readonly phone?: string | null | undefined
  readonly status?: string | undefined
  readonly newsletter?: 'Y' | 'N' | undefined
  readonly interests?: string | undefined
  readonly addresses?: readonly GivenAddress[] | undefined
}

/** What reading a body gives: the customer, or the first field that is not of its type. */
export type ParsedBody =
  | { readonly ok: true; readonly given: GivenCustomer }
  | { readonly ok: false; readonly error: `bad ${string}` }

/** Reads the body of POST and PUT /api/customers; unknown fields are passed over, as they always were. */
export function parseCustomerBody(body: unknown): ParsedBody {
  if (!isObject(body)) return { ok: false, error: 'bad body' }
  for (const field of ['name', 'first', 'last', 'email', 'password', 'status', 'interests']) {
    if (body[field] !== undefined && typeof body[field] !== 'string') return { ok: false, error: `bad ${field}` }
  }
  const phone = body.phone
  if (phone !== undefined && phone !== null && typeof phone !== 'string') return { ok: false, error: 'bad phone' }
  const newsletter = body.newsletter
  if (newsletter !== undefined && newsletter !== 'Y' && newsletter !== 'N')
    return { ok: false, error: 'bad newsletter' }
  const addresses = body.addresses === undefined ? undefined : parseAddresses(body.addresses)
  if (addresses === 'bad') return { ok: false, error: 'bad addresses' }
  const text = (field: string) => textOf(body[field])
  return {
    ok: true,
    given: {
      name: nameFrom(text('name'), text('first'), text('last')),
      email: text('email')?.trim(),
      password: text('password'),
      phone,
      status: text('status'),
      newsletter,
      interests: text('interests'),
      addresses,
    },
  }
}

/** The one name column: `LAST, FIRST` in upper case, whichever way it was given. */
function nameFrom(name: string | undefined, first: string | undefined, last: string | undefined): string | undefined {
  if (name !== undefined) return name.trim().toUpperCase()
  if (first === undefined && last === undefined) return undefined
  return [last, first]
    .map((part) => part?.trim() ?? '')
    .filter((part) => part !== '')
    .join(', ')
    .toUpperCase()
}

function parseAddresses(value: unknown): readonly GivenAddress[] | 'bad' {
  if (!Array.isArray(value) || value.length > 50) return 'bad'
  const addresses = value.map(parseAddress).filter((address) => address !== undefined)
  return addresses.length === value.length ? addresses : 'bad'
}

function parseAddress(value: unknown): GivenAddress | undefined {
  if (!isObject(value)) return undefined
  const { type, default: isDefault = 'N' } = value
  const line1 = textOf(value.line1)
  const line2 = value.line2 === undefined || value.line2 === null ? null : textOf(value.line2)
  const city = textOf(value.city)
  const state = textOf(value.state ?? '')
  const zip = textOf(value.zip ?? '')
  const country = textOf(value.country ?? 'US')
  if ((type !== 'B' && type !== 'S') || (isDefault !== 'Y' && isDefault !== 'N') || !line1 || !city) return undefined
  if (line2 === undefined || state === undefined || zip === undefined || country === undefined) return undefined
  return { type, line1, line2, city, state, zip, country, default: isDefault }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
