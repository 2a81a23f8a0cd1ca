import { randomBytes } from 'node:crypto'
import { execute, type Queryable, selectOne } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Shop } from '../shop.ts'
import { toLocal } from '../time/shop-time.ts'

/** The cookie that names a session. */
export const sessionCookie = 'SHOPSESSID'

const lifetimeSeconds = 30 * 86_400

/** A session as the pages need it: who it belongs to, and what lies in its cart. */
export interface Session {
  readonly id: string
  readonly customerId: number | undefined
  /** `LAST, FIRST`, when somebody is logged in. */
  readonly name: string | undefined
  readonly isStaff: boolean
  readonly cartCount: number
}

interface SessionColumns {
  readonly sess_id: string
  readonly cust_id: number | null
  readonly nm: string | null
  readonly lst_seen_dt: string | null
  readonly role_cd: string | null
  readonly cart_cnt: number | string
}

/** Finds a living session, and notes on the customer that they have been seen: every page view writes cust.lst_seen_dt. */
export async function findSession(shop: Shop, id: string): Promise<Session | undefined> {
  const row = await selectOne<SessionColumns>(
    shop.db,
    `SELECT s.sess_id, c.cust_id, c.nm, c.lst_seen_dt, a.role_cd,
       (SELECT COALESCE(SUM(l.qty), 0) FROM cart_ln l WHERE l.sess_id = s.sess_id) AS cart_cnt
     FROM sess s
     LEFT JOIN cust c ON c.cust_id = s.cust_id AND c.del_flg = 'N' AND c.st_cd = 'A'
     LEFT JOIN adm_usr a ON a.cust_id = c.cust_id
     WHERE s.sess_id = ? AND s.exp_ts > ?`,
    [id, secondsOf(shop.now())],
  )
  if (!row) return undefined
  await noteSeen(shop, row)
  return {
    id: row.sess_id,
    customerId: row.cust_id ?? undefined,
    name: row.nm ?? undefined,
    isStaff: row.role_cd !== null,
    cartCount: Number(row.cart_cnt),
  }
}

/** Opens a session for somebody who is not logged in. Returns its id. */
export async function openSession(shop: Shop): Promise<string> {
  return insertSession(shop.db, null, shop.now())
}

/**
 * Puts a customer behind a new session and takes the cart of the old one along; the old one ends.
 * Sessions that are over are swept out on the way. Returns the new session's id.
 */
export function logIn(shop: Shop, customerId: number, oldSession: string | undefined): Promise<string> {
  return inTransaction(shop.db, async (transaction) => {
    const now = shop.now()
    await execute(transaction, 'DELETE FROM sess WHERE exp_ts <= ?', [secondsOf(now)])
    const id = await insertSession(transaction, customerId, now)
    if (oldSession !== undefined) {
      await execute(transaction, 'UPDATE cart_ln SET sess_id = ? WHERE sess_id = ?', [id, oldSession])
      await execute(transaction, 'DELETE FROM sess WHERE sess_id = ?', [oldSession])
    }
    return id
  })
}

/** Ends a session; its cart is left behind for the sweep of the nightly job. */
export async function logOut(shop: Shop, id: string): Promise<void> {
  await execute(shop.db, 'DELETE FROM sess WHERE sess_id = ?', [id])
}

async function insertSession(db: Queryable, customerId: number | null, now: Date): Promise<string> {
  const id = randomBytes(16).toString('hex')
  await execute(db, 'INSERT INTO sess (sess_id, cust_id, crt_dt, exp_ts) VALUES (?, ?, ?, ?)', [
    id,
    customerId,
    toLocal(now),
    secondsOf(now) + lifetimeSeconds,
  ])
  return id
}

/** Once a minute is all the column can hold. A page is worth more than this note, so a database that is busy or refuses it is let be. */
async function noteSeen(shop: Shop, row: SessionColumns): Promise<void> {
  const now = toLocal(shop.now())
  if (row.cust_id === null || row.lst_seen_dt === now) return
  try {
    await execute(shop.db, 'UPDATE cust SET lst_seen_dt = ? WHERE cust_id = ?', [now, row.cust_id])
  } catch (error) {
    shop.log(`customer ${row.cust_id} not noted as seen: ${String(error)}`)
  }
}

function secondsOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000)
}
