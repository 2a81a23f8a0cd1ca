import { type Binding, isSqlite, select } from '@banyan/toolkit/service-database'
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
  const lock = forUpdate && !isSqlite(db) ? 'for update of users' : ''
  return (await loadUsers(db, `where users.id = ? ${lock}`, [id]))[0]
}

/** The user with this e-mail address in any case, also when deleted: an address is never given twice. */
export async function findUserByEmail(db: Knex, email: string): Promise<UserRows | undefined> {
  return (await loadUsers(db, 'where lower(email) = lower(?)', [email]))[0]
}

/** One page of users that are not deleted. */
export async function pageOfUsers(db: Knex, request: PageRequest): Promise<readonly UserRows[]> {
  const { where, bindings } = pageCondition(request)
  return await loadUsers(db, where, bindings)
}

/** One page of users that are not deleted, without what belongs to them. */
export async function pageOfUserRoots(db: Knex, request: PageRequest): Promise<readonly UserRow[]> {
  const { where, bindings } = pageCondition(request)
  return await select<UserRow>(db, `select * from users ${where}`, bindings)
}

function pageCondition({ after, limit, email }: PageRequest) {
  const byEmail = email === undefined ? '' : 'and lower(email) = lower(?)'
  return {
    where: `where users.id > ? and deleted_at is null ${byEmail} order by users.id limit ?`,
    bindings: email === undefined ? [after, limit] : [after, email, limit],
  }
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

type JoinedRow = UserRow &
  Pick<CredentialRow, 'scrypt'> & { readonly legacy_hash: string | null; readonly legacy_salt: string }

async function loadUsers(db: Knex, where: string, bindings: readonly Binding[]): Promise<readonly UserRows[]> {
  const rows = await select<JoinedRow>(
    db,
    `select users.*, legacy_hash, legacy_salt, scrypt
     from users left join credentials on credentials.user_id = users.id ${where}`,
    bindings,
  )
  if (rows.length === 0) return []
  const addresses = await loadAddresses(
    db,
    rows.map((row) => row.id),
  )
  return rows.map(({ legacy_hash, legacy_salt, scrypt, ...root }) => ({
    root,
    children: {
      addresses: addresses.filter((address) => address.user_id === root.id),
      credentials: legacy_hash === null ? [] : [{ user_id: root.id, legacy_hash, legacy_salt, scrypt }],
    },
  }))
}

function loadAddresses(db: Knex, userIds: readonly number[]): Promise<readonly AddressRow[]> {
  const places = userIds.map(() => '?').join(', ')
  return select(db, `select * from addresses where user_id in (${places}) order by id`, userIds)
}
