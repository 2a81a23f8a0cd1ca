import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { type Clock, systemClock } from './clock.ts'
import { exitCodes, Fault, systemCodeOf } from './fault.ts'
import { isJsonObject, parseJson } from './json.ts'

const pollMs = 20
const defaultWaitMs = 5000

/** How long to wait for a lock, by which clock, and what it is called when that is in vain. */
export interface FileLockOptions {
  /** Default the machine's. */
  readonly clock?: Clock
  /** Default 5 000. */
  readonly waitMs?: number
  /** The code of the fault. Default `locked`. */
  readonly code?: string
}

/**
 * Does `work` while no other process on this machine holds `file`, which exists only as long as that takes.
 *
 * A lock left by a process that died is taken over; one of another machine is not, for nobody can ask whether its
 * holder lives. After `waitMs` it throws `locked` (exit 6), naming the file and its holder. Not reentrant.
 */
export async function withFileLock<Result>(
  file: string,
  options: FileLockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  await take(file, mine, options)
  try {
    return await work()
  } finally {
    if (heldBy(file) === mine) unlinkSync(file)
  }
}

async function take(file: string, mine: string, options: FileLockOptions): Promise<void> {
  const { clock = systemClock, waitMs = defaultWaitMs, code = 'locked' } = options
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const deadline = clock.monotonic() + waitMs
  while (!createExclusively(file, mine)) {
    if (breakIfAbandoned(file)) continue
    if (clock.monotonic() >= deadline) throw lockedFault(file, code)
    await clock.sleep(pollMs)
  }
}

function createExclusively(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 })
    return true
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'EEXIST') return false
    throw thrown
  }
}

/**
 * Two waiters may find the same dead holder: without a guard the second would remove the lock that the first has
 * just taken. So whoever holds `FILE.break` looks again, and only then removes; nothing here awaits.
 */
function breakIfAbandoned(file: string): boolean {
  if (!isAbandoned(heldBy(file))) return false
  const guard = `${file}.break`
  if (!createExclusively(guard, String(process.pid))) return false
  try {
    const abandoned = isAbandoned(heldBy(file))
    if (abandoned) unlinkSync(file)
    return abandoned
  } finally {
    unlinkSync(guard)
  }
}

function heldBy(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

function isAbandoned(holder: string | undefined): boolean {
  const { pid, host } = holderOf(holder)
  // Another machine's processes (a shared volume) cannot be asked whether they live.
  if (pid === undefined || host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (thrown) {
    return systemCodeOf(thrown) === 'ESRCH'
  }
}

function holderOf(content: string | undefined): { readonly pid?: number; readonly host?: string } {
  const parsed = content === undefined ? undefined : parseJson(content)
  if (!isJsonObject(parsed)) return {}
  const { pid, host } = parsed
  return { ...(typeof pid === 'number' ? { pid } : {}), ...(typeof host === 'string' ? { host } : {}) }
}

function lockedFault(file: string, code: string): Fault {
  const { pid, host } = holderOf(heldBy(file))
  const holder = pid === undefined ? 'an unknown process' : `process ${pid} on ${host ?? 'an unknown machine'}`
  return new Fault(code, `${file} is held by ${holder}`, {
    hint: `wait for it to end; if it is gone, remove ${file} (and ${file}.break if it is there)`,
    exitCode: exitCodes.refused,
  })
}
