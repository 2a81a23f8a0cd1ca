import { buildSync, openSyncDatabase, type Sync } from '@banyan/toolkit/data-sync'
import { capability } from './orders.ts'

// One piece of the sync in a process of its own, so that its CPU and memory can be told. Arguments: the piece, and both
// databases. Answers with one line of JSON.
const pieces: Readonly<Record<string, (sync: Sync) => Promise<unknown>>> = {
  install: async () => undefined,
  backfill: (sync) => sync.backfill(),
  follow: (sync) => sync.follow({ until: 'caught-up' }),
  verify: (sync) => sync.verify(),
  work: async (sync) => {
    const stop = new AbortController()
    process.stdin.once('end', () => stop.abort()).resume()
    await sync.work({ signal: stop.signal, wait: true })
  },
  uninstall: (sync) => sync.uninstall(),
}

const [, , name = '', legacy = '', service = ''] = process.argv
const piece = pieces[name]
if (piece === undefined) throw new Error(`no piece "${name}"; there are: ${Object.keys(pieces).join(', ')}`)
const sync = buildSync({
  manifest: capability,
  legacy: await openSyncDatabase(legacy),
  service: await openSyncDatabase(service),
  holder: `bench:${process.pid}`,
})
await sync.install()
const before = process.cpuUsage()
const started = performance.now()
const came = await piece(sync)
const tookMs = performance.now() - started
const { user, system } = process.cpuUsage(before)
const { backfill, quarantined } = await sync.status()
await sync.close()
const rssMiB = process.resourceUsage().maxRSS / 1024
console.log(
  JSON.stringify({ tookMs, cpuMs: (user + system) / 1000, rssMiB, copied: backfill.copied, quarantined, came }),
)
