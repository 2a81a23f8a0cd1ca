/** The page that a legacy list asks for. */
export interface LegacyPage {
  readonly after: number
  readonly limit: number
  readonly email?: string
}

const largestKey = 2_147_483_647
const defaultLimit = 25
const largestLimit = 100

/** The key that legacy reads from a path or query: digits without a leading zero; undefined when it would read none. */
export function parseLegacyKey(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[1-9]\d{0,9}$/.test(text)) return undefined
  return Number(text) <= largestKey ? Number(text) : undefined
}

/** Reads `after`, `limit` and `email` as legacy does, with its words for what is bad. */
export function parseLegacyPage(
  query: Readonly<Record<string, unknown>>,
):
  | { readonly ok: true; readonly page: LegacyPage }
  | { readonly ok: false; readonly error: 'bad after' | 'bad limit' } {
  const after = query.after === undefined || query.after === '0' ? 0 : parseLegacyKey(query.after)
  if (after === undefined) return { ok: false, error: 'bad after' }
  const limit = query.limit === undefined ? defaultLimit : parseLegacyKey(query.limit)
  if (limit === undefined || limit > largestLimit) return { ok: false, error: 'bad limit' }
  const email = typeof query.email === 'string' ? { email: query.email } : {}
  return { ok: true, page: { after, limit, ...email } }
}
