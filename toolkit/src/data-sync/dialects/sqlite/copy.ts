import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CopiedDatabase, CopyOptions } from '../../twin/copy-database.ts'
import { openConnection } from './connection.ts'
import { loadDriver } from './driver.ts'
import { isBusy, sqliteFault } from './fault.ts'
import { hasTable } from './schema.ts'

const pagesAtOnce = 256
const busyBoundMs = 5000

/** Copies an SQLite database, as it is at one instant, into a file of the folder, while the application goes on writing. */
export async function copySqlite(path: string, { folder, name, signal }: CopyOptions): Promise<CopiedDatabase> {
  const copy = join(folder, `${name}.sqlite`)
  const label = `sqlite:${path}`
  const remove = () => removeFiles(copy)
  await (await openConnection(path)).close() // Says what is wrong with the source in the words of every other command.
  const Driver = await loadDriver()
  const source = new Driver(path, { fileMustExist: true, timeout: busyBoundMs })
  try {
    // The snapshot is held: else each commit of the application would make the backup begin again (https://sqlite.org/c3ref/backup_finish.html).
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_master').get()
    await source.backup(copy, { progress: () => (signal?.aborted === true ? aborted(signal) : pagesAtOnce) })
    source.exec('COMMIT')
    return { url: copy, label: `sqlite:${copy}`, remove }
  } catch (thrown) {
    await remove()
    throw sqliteFault(thrown, isBusy(thrown) ? label : `copying ${label} to ${copy}`)
  } finally {
    source.close()
  }
}

/** Removes the file of a copy, and what SQLite keeps beside it. */
export async function removeFiles(copy: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${copy}${suffix}`, { force: true })
}

/** Makes this arm the owner of everything in its copy. */
export async function claimSqlite(path: string, arm: 'legacy' | 'service'): Promise<void> {
  const connection = await openConnection(path)
  try {
    await connection.write((handle) => {
      if (!hasTable(handle, 'banyan_owner')) return
      handle.run('UPDATE banyan_owner SET owner = ?, epoch = epoch + 1, intent = NULL WHERE owner <> ?', arm, arm)
    })
  } finally {
    await connection.close()
  }
}

function aborted(signal: AbortSignal): never {
  throw signal.reason
}
