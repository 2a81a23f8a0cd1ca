import { type Queryable, select, selectOne } from '../database/query.ts'
import type { ListWindow } from '../web/numbers.ts'
import type { AddressColumns, CustomerColumns, CustomerSummaryColumns } from './customer.ts'

const shownColumns = 'cust_id, nm, email, ph, st_cd, nl_flg, intrsts, loy_tier, crt_dt, upd_dt, lst_seen_dt'

/** A customer who has not been deleted. */
export function readCustomer(db: Queryable, id: number): Promise<CustomerColumns | undefined> {
  return selectOne(db, `SELECT ${shownColumns} FROM cust WHERE cust_id = ? AND del_flg = 'N'`, [id])
}

/** The addresses of a customer, oldest first. */
export function readAddresses(db: Queryable, customerId: number): Promise<readonly AddressColumns[]> {
  return select(
    db,
    `SELECT addr_id, typ_cd, ln1, ln2, city, st, zip, ctry, dflt_flg
     FROM cust_addr WHERE cust_id = ? ORDER BY addr_id`,
    [customerId],
  )
}

/** Customers in key order, deleted ones left out; one more than the limit when there are more. */
export function listCustomers(
  db: Queryable,
  { after, limit }: ListWindow,
  email?: string,
): Promise<readonly CustomerSummaryColumns[]> {
  const byEmail = email === undefined ? '' : 'AND lower(email) = lower(?)'
  return select(
    db,
    `SELECT cust_id, nm, email, st_cd, loy_tier, crt_dt FROM cust
     WHERE cust_id > ? AND del_flg = 'N' ${byEmail} ORDER BY cust_id LIMIT ?`,
    [after, ...(email === undefined ? [] : [email]), limit + 1],
  )
}
