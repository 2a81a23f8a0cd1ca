import { type Clock, Fault } from '@banyan/toolkit/base'
import type { Ownership } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'
import type { NewUserRows, UserRows } from '../database/rows.ts'
import { findUser, findUserByEmail, insertUser, updateUser } from '../database/user-store.ts'
import { writing } from '../database/writing.ts'
import { legacyForm } from '../domain/password.ts'
import { legacyOf, serviceOf } from './carry.ts'
import type { GivenAddress, GivenCustomer } from './legacy-body.ts'
import type { CustomerRows } from './legacy-rows.ts'
import { formatShopTime } from './shop-time.ts'

/** What legacy's old endpoints answer, always with status 200. */
export type Outcome = { readonly ok: true; readonly id?: string } | { readonly ok: false; readonly err: Refusal }

type Refusal = 'NO CUST' | 'NAME MISSING' | 'BAD EMAIL' | 'BAD STATUS' | 'PASSWORD TOO SHORT' | 'EMAIL TAKEN'

/** What the legacy-speaking writes stand on. */
export interface LegacyWriteDeps {
  readonly db: Knex
  readonly ownership: Ownership<Knex>
  readonly clock: Clock
}

const shortestPassword = 6

/** Creates a customer as legacy does; it looks at name, e-mail address, password and at who has the address, in that order. */
export async function createCustomer(
  deps: LegacyWriteDeps,
  { columns, password, addresses }: GivenCustomer,
): Promise<Outcome> {
  const { nm, email } = columns
  if (nm === undefined) return refused('NAME MISSING')
  if (email === undefined || !isEmail(email)) return refused('BAD EMAIL')
  if (password === undefined || password.length < shortestPassword) return refused('PASSWORD TOO SHORT')
  const { legacyHash: pwd_hash, legacySalt: pwd_salt } = legacyForm(password)
  const now = formatShopTime(deps.clock.now())
  const root = { ...blank, ...columns, nm, email, pwd_hash, pwd_salt, crt_dt: now, upd_dt: now, st_cd: 'A' }
  return await unlessTaken(
    writing(deps.db, deps.ownership, async (tx) => {
      if (await findUserByEmail(tx, email)) return refused('EMAIL TAKEN')
      const id = await insertUser(
        tx,
        withoutIds(serviceOf({ root, children: { addresses: numbered(addresses ?? []) } })),
      )
      return { ok: true, id: String(id) }
    }),
  )
}

/** Changes what was given of a customer; addresses replace all that there were. */
export async function changeCustomer(deps: LegacyWriteDeps, id: number, given: GivenCustomer): Promise<Outcome> {
  return await unlessTaken(
    writing(deps.db, deps.ownership, async (tx) => {
      const before = await findUser(tx, id, { forUpdate: true })
      if (before === undefined || before.root.deleted_at !== null) return refused('NO CUST')
      const { email, st_cd } = given.columns
      if (st_cd !== undefined && !['A', 'S', 'X'].includes(st_cd)) return refused('BAD STATUS')
      if (email !== undefined && !isEmail(email)) return refused('BAD EMAIL')
      if (email !== undefined && (await isTakenBySomebodyElse(tx, email, id))) return refused('EMAIL TAKEN')
      await store(tx, before, { ...given, columns: { ...given.columns, upd_dt: formatShopTime(deps.clock.now()) } })
      return { ok: true }
    }),
  )
}

/** Deletes a customer as legacy does: the row stays, and so does its hold on the e-mail address. */
export async function deleteCustomer(deps: LegacyWriteDeps, id: number): Promise<Outcome> {
  return await writing(deps.db, deps.ownership, async (tx) => {
    const before = await findUser(tx, id, { forUpdate: true })
    if (before === undefined || before.root.deleted_at !== null) return refused('NO CUST')
    const columns = { del_flg: 'Y', upd_dt: formatShopTime(deps.clock.now()) }
    await store(tx, before, { columns, addresses: undefined })
    return { ok: true }
  })
}

interface LegacyChange {
  readonly columns: Partial<CustomerRows['root']>
  readonly addresses: readonly GivenAddress[] | undefined
}

/** The change is made to legacy's form of the user, then carried back with memory: what it did not touch stays. */
async function store(tx: Knex.Transaction, before: UserRows, { columns, addresses }: LegacyChange): Promise<void> {
  const legacy = legacyOf(before)
  const rows = addresses === undefined ? legacy.children.addresses : numbered(addresses)
  const after = serviceOf({ root: { ...legacy.root, ...columns }, children: { addresses: rows } }, before)
  await updateUser(tx, after, addresses === undefined ? undefined : withoutIds(after).children.addresses)
}

const blank = { cust_id: 0, ph: null, nl_flg: 'N', intrsts: '', loy_tier: null, del_flg: 'N' }

function numbered(addresses: readonly GivenAddress[]): CustomerRows['children']['addresses'] {
  return addresses.map((address, at) => ({ addr_id: -1 - at, cust_id: 0, ...address }))
}

function withoutIds({ root: { id: _id, ...root }, children }: UserRows): NewUserRows {
  return {
    root,
    children: {
      addresses: children.addresses.map(({ id: _addressId, user_id: _userId, ...address }) => address),
      credentials: children.credentials.map(({ user_id: _userId, ...credential }) => credential),
    },
  }
}

async function isTakenBySomebodyElse(tx: Knex.Transaction, email: string, id: number): Promise<boolean> {
  const other = await findUserByEmail(tx, email)
  return other !== undefined && other.root.id !== id
}

function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(text)
}

async function unlessTaken(outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    return await outcome
  } catch (error) {
    if (error instanceof Fault && error.code === 'email-taken') return refused('EMAIL TAKEN')
    throw error
  }
}

function refused(err: Refusal): Outcome {
  return { ok: false, err }
}
