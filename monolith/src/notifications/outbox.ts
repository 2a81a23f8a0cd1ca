import { execute, type Queryable, select } from '../database/query.ts'
import type { Mail } from './order-mail.ts'

/** A mail of the outbox; `st_cd` is Q queued, S sent. */
export interface MailColumns {
  readonly ml_id: number
  readonly to_addr: string
  readonly subj: string
  readonly st_cd: string
  readonly crt_dt: string
  readonly snt_dt: string | null
}

/** Queues a mail. */
export async function queueMail(db: Queryable, mail: Mail, at: string): Promise<void> {
  await execute(db, "INSERT INTO ml_out (to_addr, subj, body, st_cd, crt_dt) VALUES (?, ?, ?, 'Q', ?)", [
    mail.to_addr,
    mail.subj,
    mail.body,
    at,
  ])
}

/** Mails of the outbox in key order; one more than the limit when there are more. */
export function listMails(
  db: Queryable,
  window: { readonly after: number; readonly limit: number },
  status?: string,
): Promise<readonly MailColumns[]> {
  const byStatus = status === undefined ? '' : 'AND st_cd = ?'
  return select(
    db,
    `SELECT ml_id, to_addr, subj, st_cd, crt_dt, snt_dt FROM ml_out WHERE ml_id > ? ${byStatus} ORDER BY ml_id LIMIT ?`,
    [window.after, ...(status === undefined ? [] : [status]), window.limit + 1],
  )
}

/** Marks every queued mail as sent; the carrier picks them up from the database table. Returns how many. */
export function flushMails(db: Queryable, at: string): Promise<number> {
  return execute(db, "UPDATE ml_out SET st_cd = 'S', snt_dt = ? WHERE st_cd = 'Q'", [at])
}
