import { type KnownWrite, phoneOf } from './known-writer.ts'

/** A customer as either database holds it, in words that both share. */
export interface StoredCustomer {
  readonly id: string
  readonly email: string
  readonly phone: string | null
  readonly deleted: boolean
}

/** What is wrong with a database after known writes: each line names the write. Empty: every acknowledged write is there once, no refused one is. */
export function checkWrites(writes: readonly KnownWrite[], stored: readonly StoredCustomer[]): readonly string[] {
  const byEmail = byEmailOf(stored)
  const histories = byEmailOf(writes)
  return [...histories].flatMap(([email, history]) => checkCustomer(history, byEmail.get(email) ?? []))
}

function checkCustomer(history: readonly KnownWrite[], rows: readonly StoredCustomer[]): readonly string[] {
  const [created] = history
  if (created === undefined) return []
  const said = (what: string) => [
    `${created.email}: ${what}; ${history.map(({ id, kind, fate }) => `${kind} ${id} ${fate}`).join(', ')}`,
  ]
  if (rows.length > 1) return said(`is there ${rows.length} times`)
  const [row] = rows
  if (created.fate === 'refused') return row === undefined ? [] : said('was refused, and is there')
  if (row === undefined) return created.fate === 'cut' ? [] : said('is missing')
  if (created.customer !== undefined && created.customer !== row.id) return said(`has the id ${row.id}`)
  const phones = possiblePhones(history)
  if (!phones.has(row.phone ?? '')) return said(`has phone ${row.phone}, possible: ${[...phones].join(' or ')}`)
  const deletion = history.find(({ kind, fate }) => kind === 'delete' && fate !== 'refused')
  const mayBeThere = deletion?.fate !== 'acknowledged'
  const mayBeGone = deletion !== undefined
  if (row.deleted ? !mayBeGone : !mayBeThere) return said(row.deleted ? 'is deleted' : 'is not deleted')
  return []
}

/** The last acknowledged write's value, or that of a write behind it whose connection was cut. */
function possiblePhones(history: readonly KnownWrite[]): ReadonlySet<string> {
  const values = history.filter(({ kind, fate }) => kind !== 'delete' && fate !== 'refused')
  const last = values.findLastIndex(({ fate }) => fate === 'acknowledged')
  return new Set(values.slice(Math.max(0, last)).map(({ id }) => phoneOf(id)))
}

function byEmailOf<Item extends { readonly email: string }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(item.email, [...(groups.get(item.email) ?? []), item])
  return groups
}
