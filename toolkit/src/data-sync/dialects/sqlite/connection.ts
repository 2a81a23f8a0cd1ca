import { type Stats, statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { exitCodes, Fault, messageOf, systemClock, systemCodeOf } from '../../../base/index.ts'
import { loadDriver } from './driver.ts'
import { danglingFault, isBusy, isForeignKeyError, sqliteFault } from './fault.ts'
import { buildHandle, type SqliteHandle } from './handle.ts'

/** How long SQLite itself waits for a lock, blocking this thread; between such waits other work goes on. */
const busyTimeoutMs = 100
const longestPauseMs = 50

/** A database file, opened twice: to read snapshots, and to write. */
export interface SqliteConnection {
  readonly label: string
  /** Runs `work` in one read transaction: it sees one snapshot. Tried again while the database is locked, up to the bound. */
  read<Result>(work: (handle: SqliteHandle) => Result): Promise<Result>
  /** Runs `work` in one write transaction (BEGIN IMMEDIATE), one after the other. A lock is waited for up to `boundMs` instead of the connection's own bound. */
  write<Result>(work: (handle: SqliteHandle) => Result | Promise<Result>, boundMs?: number): Promise<Result>
  close(): Promise<void>
}

/** What may be set of a connection. */
export interface SqliteOptions {
  /** How long a lock is waited for before `sync-database-busy`. Default 5000. */
  readonly busyBoundMs?: number
  /** Where the path came from, for messages: `MONOLITH_DATABASE_URL`. */
  readonly variable?: string
}

/**
 * Opens an existing database file; never makes one, for an empty source would look like a deletion of everything.
 * Throws `sync-database-absent`, `sync-driver-missing`, and what `SyncDatabase` names.
 */
export async function openConnection(path: string, options: SqliteOptions = {}): Promise<SqliteConnection> {
  const label = options.variable === undefined ? `sqlite:${path}` : `sqlite:${path} (${options.variable})`
  assertFile(path, label)
  const Driver = await loadDriver()
  const { busyBoundMs = 5000 } = options
  const guarded = <Result>(attempt: () => Result, boundMs = busyBoundMs) => untilFree(attempt, { label, boundMs })
  const reader = await guarded(() => openHandle(Driver, path))
  const writer = await guarded(() => openHandle(Driver, path))
  let queue: Promise<unknown> = Promise.resolve()

  async function inTransaction<Result>(
    work: (handle: SqliteHandle) => Result | Promise<Result>,
    boundMs: number | undefined,
  ): Promise<Result> {
    await guarded(() => writer.exec('BEGIN IMMEDIATE'), boundMs)
    try {
      const result = await work(writer)
      await guarded(() => writer.exec('COMMIT'), boundMs)
      return result
    } catch (thrown) {
      const fault = isForeignKeyError(thrown) ? danglingFault(thrown, label, danglingRows(writer)) : thrown
      rollBack(writer)
      throw sqliteFault(fault, label)
    }
  }

  return {
    label,
    read: (work) => guarded(() => inSnapshot(reader, work)),
    write: (work, boundMs) => {
      const mine = queue.then(() => inTransaction(work, boundMs))
      queue = mine.catch(() => undefined)
      return mine
    },
    close: async () => {
      await queue
      writer.close()
      reader.close()
    },
  }
}

function openHandle(Driver: typeof Database, path: string): SqliteHandle {
  const database = new Driver(path, { fileMustExist: true, timeout: busyTimeoutMs })
  const handle = buildHandle(database)
  try {
    // A checkpoint that a power cut took back would come after its changes were pruned from the source.
    handle.exec('PRAGMA synchronous = FULL')
    // A savepoint copies the pages that are changed under it: into memory, not into a file.
    handle.exec('PRAGMA temp_store = MEMORY')
    handle.rows('SELECT count(*) FROM sqlite_master')
  } catch (thrown) {
    handle.close()
    throw thrown
  }
  return handle
}

function inSnapshot<Result>(handle: SqliteHandle, work: (handle: SqliteHandle) => Result): Result {
  handle.exec('BEGIN')
  try {
    const result = work(handle)
    handle.exec('COMMIT')
    return result
  } catch (thrown) {
    rollBack(handle)
    throw thrown
  }
}

// A commit that was refused has not ended the transaction, so it still shows what is wrong.
function danglingRows(handle: SqliteHandle): readonly string[] {
  const sql = 'SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 3'
  return handle
    .rows(sql)
    .map(([table, rowid, parent]) => `row ${rowid ?? '?'} of ${table} names a ${parent} that is not there`)
}

function rollBack(handle: SqliteHandle): void {
  try {
    handle.exec('ROLLBACK')
  } catch {
    // Some errors (disk full, I/O) have rolled the transaction back already; the first error is the one that matters.
  }
}

async function untilFree<Result>(
  attempt: () => Result,
  bound: { readonly label: string; readonly boundMs: number },
): Promise<Result> {
  const deadline = systemClock.monotonic() + bound.boundMs
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return attempt()
    } catch (thrown) {
      if (!isBusy(thrown) || systemClock.monotonic() >= deadline) throw sqliteFault(thrown, bound.label)
      await systemClock.sleep(pauseMs)
    }
  }
}

function assertFile(path: string, label: string): void {
  if (lookAt(path, label).isFile()) return
  throw absent(`${label} is no file`)
}

function lookAt(path: string, label: string): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    const why = systemCodeOf(cause) === 'ENOENT' ? '' : `: ${messageOf(cause)}`
    throw absent(`there is no database at ${label}${why}`, cause)
  }
}

function absent(message: string, cause?: unknown): Fault {
  return new Fault('sync-database-absent', message, {
    hint: 'check the path; the sync never creates a database. Start the application (or its migrations) first',
    exitCode: exitCodes.unreachable,
    cause,
  })
}
