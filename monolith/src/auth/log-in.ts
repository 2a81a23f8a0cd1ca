import { selectOne } from '../database/query.ts'
import type { Shop } from '../shop.ts'
import { passwordMatches } from './passwords.ts'

/** What a log-in gives: the customer, and whether an order of theirs is under way. */
export type LogIn =
  | { readonly ok: true; readonly customerId: number; readonly orderUnderWay: boolean }
  | { readonly ok: false; readonly why: 'unknown' | 'suspended' }

interface LogInColumns {
  readonly cust_id: number
  readonly pwd_hash: string
  readonly pwd_salt: string
  readonly st_cd: string
  readonly ord_st: string | null
}

/** Checks an e-mail address and a password; reads the customer's last order on the way, to know what to show them first. */
export async function checkLogIn(shop: Shop, email: string, password: string): Promise<LogIn> {
  const row = await selectOne<LogInColumns>(
    shop.db,
    `SELECT c.cust_id, c.pwd_hash, c.pwd_salt, c.st_cd,
       (SELECT o.st_cd FROM ord_hdr o WHERE o.cust_id = c.cust_id ORDER BY o.ord_id DESC LIMIT 1) AS ord_st
     FROM cust c WHERE lower(c.email) = lower(?) AND c.del_flg = 'N'`,
    [email],
  )
  if (!row || !passwordMatches(password, { hash: row.pwd_hash, salt: row.pwd_salt }))
    return { ok: false, why: 'unknown' }
  if (row.st_cd !== 'A') return { ok: false, why: 'suspended' }
  return { ok: true, customerId: row.cust_id, orderUnderWay: row.ord_st === 'A' || row.ord_st === 'S' }
}
