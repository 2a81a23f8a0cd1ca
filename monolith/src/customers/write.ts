import { randomBytes } from 'node:crypto'
import { hashPassword } from '../auth/passwords.ts'
import { troubleOf } from '../database/problem.ts'
import { type Binding, execute, type Queryable, selectOne } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Shop } from '../shop.ts'
import { toLocal } from '../time/shop-time.ts'
import type { GivenAddress, GivenCustomer } from './body.ts'

/** What the old endpoints answer, always with status 200. */
export type Outcome = { readonly ok: true; readonly id?: string } | { readonly ok: false; readonly err: Refusal }

type Refusal = 'NO CUST' | 'NAME MISSING' | 'BAD EMAIL' | 'BAD STATUS' | 'PASSWORD TOO SHORT' | 'EMAIL TAKEN'

const shortestPassword = 6

/** Opens an account. Looks at the name first, then the e-mail address, the password, and whether the address is taken. */
export function createCustomer(shop: Shop, given: GivenCustomer): Promise<Outcome> {
  const { name, email, password } = given
  if (!name) return refused('NAME MISSING')
  if (email === undefined || !isEmail(email)) return refused('BAD EMAIL')
  if (password === undefined || password.length < shortestPassword) return refused('PASSWORD TOO SHORT')
  return unlessTaken(
    inTransaction(shop.db, async (transaction) => {
      if (await isTaken(transaction, email, 0)) return refused('EMAIL TAKEN')
      const salt = randomBytes(4).toString('hex')
      const now = toLocal(shop.now())
      const row = await selectOne<{ cust_id: number }>(
        transaction,
        `INSERT INTO cust (nm, email, pwd_hash, pwd_salt, ph, st_cd, nl_flg, intrsts, crt_dt, upd_dt)
         VALUES (?, ?, ?, ?, ?, 'A', ?, ?, ?, ?) RETURNING cust_id`,
        [name, email, hashPassword(password, salt), salt, given.phone ?? null].concat([
          given.newsletter ?? 'N',
          given.interests ?? '',
          now,
          now,
        ]),
      )
      const id = row?.cust_id ?? 0
      await addAddresses(transaction, id, given.addresses ?? [])
      return { ok: true, id: String(id) }
    }),
  )
}

/** Changes what was given of a customer; addresses replace all that were there. */
export function changeCustomer(shop: Shop, id: number, given: GivenCustomer): Promise<Outcome> {
  return unlessTaken(
    inTransaction(shop.db, async (transaction) => {
      if (!(await isThere(transaction, id))) return refused('NO CUST')
      if (given.status !== undefined && !['A', 'S', 'X'].includes(given.status)) return refused('BAD STATUS')
      if (given.email !== undefined && !isEmail(given.email)) return refused('BAD EMAIL')
      if (given.email !== undefined && (await isTaken(transaction, given.email, id))) return refused('EMAIL TAKEN')
      const columns = changedColumns(given, toLocal(shop.now()))
      const assignments = Object.keys(columns).map((column) => `${column} = ?`)
      await execute(transaction, `UPDATE cust SET ${assignments.join(', ')} WHERE cust_id = ?`, [
        ...Object.values(columns),
        id,
      ])
      if (given.addresses) {
        await execute(transaction, 'DELETE FROM cust_addr WHERE cust_id = ?', [id])
        await addAddresses(transaction, id, given.addresses)
      }
      return { ok: true }
    }),
  )
}

/** Deletes a customer as the shop does: a flag; the e-mail address stays taken, the orders stay. */
export function deleteCustomer(shop: Shop, id: number): Promise<Outcome> {
  return inTransaction(shop.db, async (transaction) => {
    const changed = await execute(
      transaction,
      "UPDATE cust SET del_flg = 'Y', upd_dt = ? WHERE cust_id = ? AND del_flg = 'N'",
      [toLocal(shop.now()), id],
    )
    return changed > 0 ? { ok: true } : refused('NO CUST')
  })
}

function changedColumns(given: GivenCustomer, now: string): Readonly<Record<string, Binding>> {
  return {
    ...(given.name ? { nm: given.name } : {}),
    ...(given.email === undefined ? {} : { email: given.email }),
    ...(given.phone === undefined ? {} : { ph: given.phone }),
    ...(given.status === undefined ? {} : { st_cd: given.status }),
    ...(given.newsletter === undefined ? {} : { nl_flg: given.newsletter }),
    ...(given.interests === undefined ? {} : { intrsts: given.interests }),
    upd_dt: now,
  }
}

async function addAddresses(db: Queryable, customerId: number, addresses: readonly GivenAddress[]): Promise<void> {
  for (const address of addresses) {
    await execute(
      db,
      `INSERT INTO cust_addr (cust_id, typ_cd, ln1, ln2, city, st, zip, ctry, dflt_flg)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [customerId, address.type, address.line1, address.line2, address.city].concat([
        address.state,
        address.zip,
        address.country,
        address.default,
      ]),
    )
  }
}

async function isThere(db: Queryable, id: number): Promise<boolean> {
  return (await selectOne(db, "SELECT cust_id FROM cust WHERE cust_id = ? AND del_flg = 'N'", [id])) !== undefined
}

/** Whether another customer, deleted or not, has the address; upper and lower case are the same. */
async function isTaken(db: Queryable, email: string, exceptId: number): Promise<boolean> {
  const sql = 'SELECT cust_id FROM cust WHERE lower(email) = lower(?) AND cust_id <> ?'
  return (await selectOne(db, sql, [email, exceptId])) !== undefined
}

function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(text)
}

/** Two who take one address at the same time: the unique index refuses the second. */
async function unlessTaken(outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    return await outcome
  } catch (error) {
    if (troubleOf(error) === 'duplicate') return refused('EMAIL TAKEN')
    throw error
  }
}

async function refused(err: Refusal): Promise<Outcome> {
  return { ok: false, err }
}
