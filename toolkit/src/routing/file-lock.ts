import { open, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { exitCodes, Fault, isJsonObject, parseJson, systemClock, systemCodeOf } from '../base/index.ts'

const waitMs = 3000
const strangerStaleMs = 30_000

/**
 * Runs `work` while this process alone holds the lock file. Waits up to three seconds for another holder; takes over
 * the lock of a process of this machine that is gone, or one of another machine that is 30 seconds old.
 * Throws `route-table-locked` (exit 6).
 */
export async function withFileLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await acquire(lock)
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function acquire(lock: string): Promise<void> {
  const deadline = systemClock.monotonic() + waitMs
  while (!(await create(lock))) {
    if (await isStale(lock)) await breakLock(lock)
    else if (systemClock.monotonic() > deadline) throw locked(lock)
    else await systemClock.sleep(5 + Math.random() * 20)
  }
}

async function create(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600)
    await handle
      .writeFile(JSON.stringify({ pid: process.pid, host: hostname() }))
      .finally(() => handle.close())
      .catch((error: unknown) => rm(lock, { force: true }).then(() => Promise.reject(error)))
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const holder = parseJson(await readFile(lock, 'utf8'))
    const ageMs = Date.now() - (await stat(lock)).mtimeMs
    const local = holder !== undefined && isJsonObject(holder) && holder.host === hostname()
    return local ? !lives(Number(holder.pid)) : ageMs > strangerStaleMs
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false
    throw error
  }
}

// Two that both saw a stale lock must not both remove it, or the second removes the first one's new lock.
async function breakLock(lock: string): Promise<void> {
  const breaking = `${lock}.break`
  if (!(await create(breaking))) return void (await systemClock.sleep(10))
  try {
    if (await isStale(lock)) await rm(lock, { force: true })
  } finally {
    await rm(breaking, { force: true })
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}

function locked(lock: string): Fault {
  return new Fault('route-table-locked', `another writer holds ${lock}`, {
    hint: 'try again; if no banyan command runs on any machine that sees the file, remove the lock',
    exitCode: exitCodes.refused,
  })
}
