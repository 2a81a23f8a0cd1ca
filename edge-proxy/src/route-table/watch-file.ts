import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { watch } from 'chokidar'

const debounceMs = 40
const pollMs = 1_000
const readyMs = 2_000

/**
 * Calls `changed` some milliseconds after a file's content may have changed, also when it is replaced, deleted or
 * made anew. It watches the folder, for an atomic write replaces the file, and a watch on it would follow the old one.
 * Once a second it also looks at the file itself: events get lost on network and container mounts.
 */
export async function watchFile(file: string, changed: () => void): Promise<{ close(): Promise<void> }> {
  let timer: NodeJS.Timeout | undefined
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(changed, debounceMs)
  }
  const watcher = watch(dirname(file), {
    depth: 0,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    // A log that is written beside it would cost a look at each of its lines.
    ignored: (path) => ![dirname(file), file].includes(resolve(path)),
  })
  watcher.on('all', (_event, path) => {
    if (basename(path) === basename(file)) soon()
  })
  // No events, for want of handles or of the folder: the look once a second remains.
  watcher.on('error', () => undefined)
  // Listened for from here on: on a busy disk the look below may take longer than the watcher needs to be ready.
  const ready = new Promise<void>((resolve) => watcher.once('ready', resolve))
  let look = await appearance(file)
  const poll = setInterval(async () => {
    const now = await appearance(file)
    if (now !== look) soon()
    look = now
  }, pollMs)
  poll.unref()
  // A watcher that cannot begin must not keep the edge from it: the looks go on without.
  await Promise.race([ready, delay(readyMs, undefined, { ref: false })])
  return {
    close: async () => {
      clearInterval(poll)
      clearTimeout(timer)
      await watcher.close()
    },
  }
}

async function appearance(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file).catch(() => ({ ino: 0, size: 0, mtimeMs: 0 }))
  return `${ino} ${size} ${mtimeMs}`
}
