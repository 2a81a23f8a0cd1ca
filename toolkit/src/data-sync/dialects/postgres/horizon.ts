import { formatDurationMs } from '../../../base/index.ts'
import type { PostgresSession } from './session.ts'

/** The oldest transaction of the whole cluster that is still open: nothing below it can commit any more. */
export const horizon = 'pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())'

// pg_locks shows every role whose transaction it is; pg_stat_activity hides the transaction of other roles.
const holderSql = `
  SELECT l.pid, a.application_name, a.datname, extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000,
    p.gid, p.database, extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = l.transactionid
  WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
    AND l.transactionid = (${horizon})::pg_catalog.xid`

/** Who holds the horizon down, in any database of the cluster: `pid 4711 (psql), a transaction open for 61 s in database "reports"`. */
export async function horizonHolder(session: PostgresSession): Promise<string | undefined> {
  const row = await session.row(holderSql)
  if (row === undefined) return undefined
  const [pid, application, database, openMs, gid, inDatabase, preparedMs] = row
  if (typeof gid === 'string')
    return `prepared transaction "${gid}", open for ${duration(preparedMs)} in database "${inDatabase}": COMMIT PREPARED or ROLLBACK PREPARED`
  const who = application === null || application === '' ? '' : ` (${application})`
  return `pid ${pid}${who}, a transaction open for ${duration(openMs)} in database "${database}"`
}

function duration(ms: string | null | undefined): string {
  return ms === null || ms === undefined ? 'an unknown time' : formatDurationMs(Math.round(Number(ms)))
}
