/** The page that a legacy list asks for. */
export interface LegacyPage {
  readonly after: number
  readonly limit: number
  readonly userId: number | undefined
}

const largestKey = 2_147_483_647
const defaultLimit = 25
const largestLimit = 100

/** The key that legacy reads from a path, query or body: digits without a leading zero, or a number; undefined when it would read none. */
export function parseLegacyKey(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value > 0 && value <= largestKey ? value : undefined
  if (typeof value !== 'string' || !/^[1-9]\d{0,9}$/.test(value)) return undefined
  return parseLegacyKey(Number(value))
}

/** Reads `after`, `limit` and `customer` as legacy does, with its words for what is bad. */
export function parseLegacyPage(
  query: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly page: LegacyPage } | { readonly ok: false; readonly error: string } {
  const after = query.after === undefined || query.after === '0' ? 0 : parseLegacyKey(query.after)
  if (after === undefined) return { ok: false, error: 'bad after' }
  const limit = query.limit === undefined ? defaultLimit : parseLegacyKey(query.limit)
  if (limit === undefined || limit > largestLimit) return { ok: false, error: 'bad limit' }
  const userId = parseLegacyKey(query.customer)
  if (query.customer !== undefined && userId === undefined) return { ok: false, error: 'bad customer' }
  return { ok: true, page: { after, limit, userId } }
}
