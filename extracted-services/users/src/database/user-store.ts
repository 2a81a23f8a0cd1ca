import type { Knex } from 'knex'
import type { AddressRow, CredentialRow, NewUserRows, UserRow, UserRows } from './rows.ts'

/** Which users a page holds: those above `after`, in order of id; deleted ones are left out. */
export interface PageRequest {
  readonly after: number
  readonly limit: number
  /** Only the user with this e-mail address, in any case. */
  readonly email?: string
}

/** The user with this id, also when deleted; with `forUpdate`, locked until the transaction ends. */
export async function findUser(
  db: Knex,
  id: number,
  { forUpdate = false }: { readonly forUpdate?: boolean } = {},
): Promise<UserRows | undefined> {
  const query = db<UserRow>('users').where({ id })
  const root: UserRow | undefined = await (forUpdate ? query.forUpdate() : query).first()
  return root === undefined ? undefined : (await withChildren(db, [root]))[0]
}

/** The user with this e-mail address in any case, also when deleted: an address is never given twice. */
export async function findUserByEmail(db: Knex, email: string): Promise<UserRows | undefined> {
  const root = await db<UserRow>('users').whereRaw('lower(email) = lower(?)', [email]).first()
  return root === undefined ? undefined : (await withChildren(db, [root]))[0]
}

/** One page of users that are not deleted. */
export async function pageOfUsers(db: Knex, { after, limit, email }: PageRequest): Promise<readonly UserRows[]> {
  const query = db<UserRow>('users').where('id', '>', after).whereNull('deleted_at').orderBy('id').limit(limit)
  if (email !== undefined) query.whereRaw('lower(email) = lower(?)', [email])
  return await withChildren(db, await query)
}

/** Stores a new user and returns its id. */
export async function insertUser(tx: Knex.Transaction, rows: NewUserRows): Promise<number> {
  const [stored] = await tx<UserRow>('users').insert(rows.root).returning('id')
  if (stored === undefined) throw new Error('the database gave no id')
  await insertChildren(tx, stored.id, rows.children)
  return stored.id
}

/** Stores a user's root and credential anew; `addresses`, when given, replace all that it had. */
export async function updateUser(
  tx: Knex.Transaction,
  rows: UserRows,
  addresses?: NewUserRows['children']['addresses'],
): Promise<void> {
  const { id, ...columns } = rows.root
  await tx<UserRow>('users').where({ id }).update(columns)
  for (const { user_id, ...credential } of rows.children.credentials) {
    await tx<CredentialRow>('credentials').where({ user_id }).update(credential)
  }
  if (addresses === undefined) return
  await tx<AddressRow>('addresses').where({ user_id: id }).del()
  await insertChildren(tx, id, { addresses, credentials: [] })
}

async function insertChildren(
  tx: Knex.Transaction,
  userId: number,
  { addresses, credentials }: NewUserRows['children'],
): Promise<void> {
  if (addresses.length > 0) await tx('addresses').insert(addresses.map((address) => ({ ...address, user_id: userId })))
  if (credentials.length > 0)
    await tx('credentials').insert(credentials.map((credential) => ({ ...credential, user_id: userId })))
}

async function withChildren(db: Knex, roots: readonly UserRow[]): Promise<readonly UserRows[]> {
  if (roots.length === 0) return []
  const ids = roots.map((root) => root.id)
  const addresses = await db<AddressRow>('addresses').whereIn('user_id', ids).orderBy('id')
  const credentials = await db<CredentialRow>('credentials').whereIn('user_id', ids)
  return roots.map((root) => ({
    root,
    children: {
      addresses: addresses.filter((address) => address.user_id === root.id),
      credentials: credentials.filter((credential) => credential.user_id === root.id),
    },
  }))
}
