import { type Clock, Fault, instant } from '@banyan/toolkit/base'
import type { Ownership } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'
import type { UserRows } from './database/rows.ts'
import { addressColumns, changedRows, newRowsOf, passwordOf, userOf, withPassword } from './database/user-rows.ts'
import {
  findUser,
  findUserByEmail,
  insertUser,
  type PageRequest,
  pageOfUsers,
  updateUser,
} from './database/user-store.ts'
import { writing } from './database/writing.ts'
import { defaultCost, passwordMatches, type ScryptCost, scryptForm, storePassword } from './domain/password.ts'
import type { NewUser, User, UserChanges } from './domain/user.ts'

/** What the use cases stand on. */
export interface UsersDeps {
  readonly db: Knex
  readonly ownership: Ownership<Knex>
  readonly clock: Clock
  /** Default: `defaultCost`. */
  readonly cost?: ScryptCost
}

/** One page of users; `next` is the `after` of the following page, null at the end. */
export interface UserPage {
  readonly users: readonly User[]
  readonly next: number | null
}

/** What people do with users. Writes throw `not-the-owner` unless the service owns the data. */
export interface Users {
  /** Throws `email-taken`. */
  create(given: NewUser): Promise<User>
  /** Undefined when unknown or deleted. */
  find(id: number): Promise<User | undefined>
  page(request: PageRequest): Promise<UserPage>
  /** Throws `user-unknown`, `email-taken`. */
  change(id: number, changes: UserChanges): Promise<User>
  /** The user whose password this is. Throws `credentials-wrong`, `user-not-active`. */
  logIn(email: string, password: string): Promise<User>
}

/** The use cases of the clean API, over a database and whoever tells the owner. */
export function buildUsers(deps: UsersDeps): Users {
  const { db } = deps
  return {
    create: (given) => create(deps, given),
    find: async (id) => visible(await findUser(db, id)),
    page: (request) => page(db, request),
    change: (id, changes) => change(deps, id, changes),
    logIn: (email, password) => logIn(deps, email, password),
  }
}

async function create({ db, ownership, clock, cost }: UsersDeps, given: NewUser): Promise<User> {
  const password = await storePassword(given.password, cost)
  return await writing(db, ownership, async (tx) => {
    await assertEmailFree(tx, given.email)
    const id = await insertUser(tx, newRowsOf(given, password, instant(clock)))
    return stored(await findUser(tx, id), id)
  })
}

async function page(db: Knex, request: PageRequest): Promise<UserPage> {
  const rows = await pageOfUsers(db, { ...request, limit: request.limit + 1 })
  const users = rows.slice(0, request.limit).map(userOf)
  return { users, next: rows.length > request.limit ? (users.at(-1)?.id ?? null) : null }
}

async function change({ db, ownership, clock, cost }: UsersDeps, id: number, changes: UserChanges): Promise<User> {
  const password = changes.password === undefined ? undefined : await storePassword(changes.password, cost)
  return await writing(db, ownership, async (tx) => {
    const before = await findUser(tx, id, { forUpdate: true })
    stored(before, id)
    if (before === undefined) throw unknownUser(id)
    if (changes.email !== undefined) await assertEmailFree(tx, changes.email, id)
    const after = changedRows(before, changes, instant(clock))
    await updateUser(tx, password ? withPassword(after, password) : after, changes.addresses?.map(addressColumns))
    return stored(await findUser(tx, id), id)
  })
}

async function logIn(deps: UsersDeps, email: string, password: string): Promise<User> {
  const rows = await findUserByEmail(deps.db, email)
  const known = rows === undefined ? undefined : passwordOf(rows)
  const matches = await passwordMatches(password, known, deps.cost ?? defaultCost)
  const found = visible(rows)
  if (!matches || rows === undefined || found === undefined)
    throw new Fault('credentials-wrong', 'no active user has this e-mail address and password')
  if (found.status !== 'active') throw new Fault('user-not-active', `this user is ${found.status}`)
  if (known?.scrypt === null) await upgradePassword(deps, rows, password)
  return found
}

/** Adds scrypt beside legacy's hash; only the owner may write, so while that is legacy nothing changes. */
async function upgradePassword(deps: UsersDeps, rows: UserRows, password: string): Promise<void> {
  if ((await deps.ownership.now(deps.db)).owner !== 'service') return
  const scrypt = await scryptForm(password, deps.cost)
  try {
    await writing(deps.db, deps.ownership, async (tx) => {
      const now = await findUser(tx, rows.root.id, { forUpdate: true })
      const known = now === undefined ? undefined : passwordOf(now)
      // The password may have been changed since it was checked.
      if (now === undefined || known === undefined || known.legacyHash !== passwordOf(rows)?.legacyHash) return
      await updateUser(tx, withPassword(now, { ...known, scrypt }))
    })
  } catch (error) {
    // A cutover came in between: the next log-in upgrades.
    if (!(error instanceof Fault && (error.code === 'not-the-owner' || error.code === 'owner-moving'))) throw error
  }
}

async function assertEmailFree(tx: Knex.Transaction, email: string, except?: number): Promise<void> {
  const other = await findUserByEmail(tx, email)
  if (other !== undefined && other.root.id !== except)
    throw new Fault('email-taken', 'another user has this e-mail address')
}

function visible(rows: UserRows | undefined): User | undefined {
  return rows === undefined || rows.root.deleted_at !== null ? undefined : userOf(rows)
}

function stored(rows: UserRows | undefined, id: number): User {
  const user = visible(rows)
  if (user === undefined) throw unknownUser(id)
  return user
}

function unknownUser(id: number): Fault {
  return new Fault('user-unknown', `no user ${id}`)
}
