import { buildSync, openSyncDatabase } from '@banyan/toolkit/data-sync'
import { capability } from '../../extracted-services/users/src/capability.ts'

// One run of the sync in a process of its own, so that its CPU and memory can be told. Arguments: what to run (install,
// backfill or follow), and both databases. Answers with one line of JSON.
const [, , what = '', legacy = '', service = ''] = process.argv
const sync = buildSync({
  manifest: capability,
  legacy: await openSyncDatabase(legacy),
  service: await openSyncDatabase(service),
  holder: `bench:${process.pid}`,
})
await sync.install()
const before = process.cpuUsage()
const started = performance.now()
if (what === 'backfill') await sync.backfill()
if (what === 'follow') await sync.follow({ until: 'caught-up' })
const tookMs = performance.now() - started
const { user, system } = process.cpuUsage(before)
const { backfill, quarantined } = await sync.status()
await sync.close()
const rssMiB = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ tookMs, cpuMs: (user + system) / 1000, rssMiB, copied: backfill.copied, quarantined }))
