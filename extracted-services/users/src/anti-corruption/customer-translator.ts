import type {
  AggregateRows,
  Loss,
  Row,
  Translation,
  TranslationProblem,
  Translator,
} from '@banyan/toolkit/anti-corruption'
import type { UserRow, UserRows } from '../database/rows.ts'
import { addressParts, credentialParts, customerParts } from './customer-parts.ts'
import type { CustomerRows, CustRowShown } from './legacy-rows.ts'
import { type CarriedRow, type Part, rowToLegacy, rowToService } from './part.ts'

const losses: readonly Loss[] = [
  {
    path: 'created_at, updated_at',
    what: 'legacy keeps minutes: seconds of an instant are not carried over',
    example: { from: '2024-05-06T13:07:42.000Z', to: '05/06/2024 09:07 AM' },
  },
  {
    path: 'created_at, updated_at',
    what: 'of the hour that comes twice in autumn legacy means the first',
    example: { from: '2019-11-03T06:30:00.000Z', to: '11/03/2019 01:30 AM (05:30Z)' },
  },
  {
    path: 'deleted_at',
    what: 'legacy keeps whether, not when',
    example: { from: '2024-05-06T13:07:42.000Z', to: 'Y' },
  },
  {
    path: 'family_name, given_name',
    what: 'legacy has upper case only, where it never wrote the name otherwise',
    example: { from: 'Ian McKay', to: 'MCKAY, IAN' },
  },
  {
    path: 'credentials.scrypt',
    what: 'legacy cannot check scrypt: it has the SHA-1 hash that is kept beside it',
    example: { from: '$scrypt$ln=14,r=8,p=5$...', to: null },
  },
]

/**
 * Customers of legacy <-> users of the service: the heart of the anti-corruption layer. The sync job, the
 * legacy-speaking API and the comparer all use this one (law 10).
 */
export const customerTranslator: Translator<CustomerRows, UserRows> = {
  toService(legacy: AggregateRows, before?: AggregateRows) {
    const root = rowToService(customerParts, legacy.root, before?.root)
    const credential = rowToService(credentialParts, legacy.root, childrenOf(before, 'credentials')[0])
    const addresses = childrenOf(legacy, 'addresses').map((row) =>
      rowToService(addressParts, row, withKey(childrenOf(before, 'addresses'), 'id', row.addr_id)),
    )
    return whole([root, credential], addresses, (rows) => ({
      root: root.row,
      children: { addresses: rows, credentials: [credential.row] },
    }))
  },
  toLegacy(service: AggregateRows, before?: AggregateRows) {
    const [stored, ...others] = childrenOf(service, 'credentials')
    if (stored === undefined || others.length > 0) return oneCredential(others.length)
    const root = rowToLegacy(customerParts, service.root, before?.root)
    const credential = rowToLegacy(credentialParts, stored, before?.root)
    const addresses = childrenOf(service, 'addresses').map((row) =>
      rowToLegacy(addressParts, row, withKey(childrenOf(before, 'addresses'), 'addr_id', row.id)),
    )
    return whole([root, credential], addresses, (rows) => ({
      root: { ...root.row, ...credential.row },
      children: { addresses: rows },
    }))
  },
  losses,
}

/** The `cust` row of a user alone, by the same parts: for lists, which show nothing of its children. */
export function rootToLegacy(user: UserRow): Translation<CustRowShown> {
  const { row, problems } = rowToLegacy(customerParts, user)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: row as CustRowShown }
}

/** The columns of both sides that the translator covers: the capability owns these and no others. */
export const ownedColumns = {
  legacy: { root: columns('legacy', customerParts, credentialParts), addresses: columns('legacy', addressParts) },
  service: {
    root: columns('service', customerParts),
    addresses: columns('service', addressParts),
    credentials: columns('service', credentialParts),
  },
}

function columns(arm: 'legacy' | 'service', ...lists: readonly (readonly Part[])[]): readonly string[] {
  return [...new Set(lists.flat().flatMap((part) => part[arm]))]
}

function childrenOf(rows: AggregateRows | undefined, name: string): readonly Row[] {
  return rows?.children[name] ?? []
}

function withKey(rows: readonly Row[], column: string, key: Row[string] | undefined): Row | undefined {
  return rows.find((row) => row[column] === key)
}

// The parts have checked each column that they give, which the compiler cannot know.
function whole<Rows extends AggregateRows>(
  roots: readonly CarriedRow[],
  addresses: readonly CarriedRow[],
  assemble: (addresses: readonly Row[]) => AggregateRows,
): Translation<Rows> {
  const problems: TranslationProblem[] = [
    ...roots.flatMap((root) => root.problems),
    ...addresses.flatMap((address, at) => address.problems.map((problem) => atAddress(at, problem))),
  ]
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: assemble(addresses.map((address) => address.row)) as Rows }
}

function atAddress(at: number, { path, reason }: TranslationProblem): TranslationProblem {
  return { path: `addresses[${at}].${path}`, reason }
}

function oneCredential(more: number): Translation<never> {
  return {
    ok: false,
    problems: [{ path: 'credentials', reason: `one row is needed, ${more === 0 ? 'none' : more + 1} found` }],
  }
}
