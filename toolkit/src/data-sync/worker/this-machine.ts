import { readFileSync, readlinkSync } from 'node:fs'
import { systemCodeOf } from '../../base/index.ts'

/** Tells of processes whether they have ended. */
export interface Processes {
  /** A mark of this process for `hasEnded`; undefined where nobody could tell later. */
  readonly own: string | undefined
  /** Whether the process of this mark has surely ended. False where it lives, or where it cannot be told from here. */
  hasEnded(mark: string): boolean
}

/**
 * The processes of this machine, on Linux: a mark names the boot, the pid namespace, the pid and its start (proc(5)), so
 * that neither another container, another machine of the same name, nor a pid that was given anew is taken for it.
 */
export function thisMachine(): Processes {
  const realm = readRealm()
  const ownStart = readStat(process.pid)?.startedAt
  return {
    own: realm === undefined || ownStart === undefined ? undefined : `${realm} ${process.pid} ${ownStart}`,
    hasEnded: (mark) => {
      const [, ofRealm, pid, startedAt] = /^(.+) (\d+) (\d+)$/.exec(mark) ?? []
      if (realm === undefined || ofRealm !== realm || pid === undefined) return false
      if (!exists(Number(pid))) return true
      const now = readStat(Number(pid))
      return now !== undefined && (now.startedAt !== startedAt || now.isDead)
    },
  }
}

function readRealm(): string | undefined {
  try {
    // A container may be shown the host's /proc, whose pids are not its own.
    if (readlinkSync('/proc/self') !== String(process.pid)) return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return undefined // Not Linux, or /proc is not to be read: then leases are waited for.
  }
}

// Asks the kernel, for /proc may hide the processes of other users.
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return systemCodeOf(thrown) !== 'ESRCH'
  }
}

function readStat(pid: number): { readonly startedAt: string | undefined; readonly isDead: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything; what follows it begins with the third field.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { startedAt: fields[19], isDead: /^[ZXx]$/.test(fields[0] ?? '') }
  } catch {
    return undefined
  }
}
