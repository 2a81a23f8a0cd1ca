// The sync beside what SQLite itself can do, on one machine: npm run bench:sync
//
//     npm run bench:sync [-- --customers 200000]
//
// The demo's shop with its customers multiplied, and the real capability `users`: each customer becomes a user, its
// credentials and its addresses, through the translator, SQLite to SQLite, both synced to the disk (synchronous = FULL).
// Beside it stands the same columns by INSERT .. SELECT over ATTACH, which neither translates nor could be resumed: the floor.
// Then one UPDATE of a tenth of the customers, without and with the feed's triggers, and following it. About 30 seconds.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchDatabases, copyOverAttach, makeDatabases, updateTenth } from './sync/shop.ts'

const { values } = parseArgs({ options: { customers: { type: 'string', default: '200000' } } })
const folder = mkdtempSync(path.join(tmpdir(), 'banyan-bench-sync-'))
try {
  await measure(Number(values.customers))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(wanted: number): Promise<void> {
  const databases = await makeDatabases(folder, wanted)
  const { customers, addresses } = databases
  const rows = customers * 2 + addresses
  say('machine', `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}`)
  say('data', `${grouped(customers)} customers, ${grouped(addresses)} addresses: ${grouped(rows)} rows of the service`)

  const floorMs = copyOverAttach(databases)
  say('INSERT .. SELECT', `${seconds(floorMs)}, ${perSecond(rows, floorMs)} rows/s`)
  const bareMs = updateTenth(databases)
  run('install', databases)
  const backfill = run('backfill', databases)
  say('backfill', `${seconds(backfill.tookMs)}, ${perSecond(rows, backfill.tookMs)} rows/s, ${work(backfill)}`)
  say(
    '',
    `${ratio(backfill.tookMs, floorMs)} of the floor; ${perSecond(customers, backfill.tookMs)} customers/s, ${backfill.quarantined} in quarantine`,
  )

  const capturedMs = updateTenth(databases)
  say(
    'UPDATE of a tenth',
    `${seconds(bareMs)} without the feed, ${seconds(capturedMs)} with it: ${ratio(capturedMs, bareMs)}`,
  )
  const follow = run('follow', databases)
  say('follow', `${seconds(follow.tookMs)}, ${perSecond(customers / 10, follow.tookMs)} customers/s, ${work(follow)}`)
}

interface Run {
  readonly tookMs: number
  readonly cpuMs: number
  readonly rssMiB: number
  readonly quarantined: number
}

function run(what: 'install' | 'backfill' | 'follow', { legacy, service }: BenchDatabases): Run {
  const worker = path.join(import.meta.dirname, 'sync', 'worker.ts')
  const node = ['--import', 'tsx', '--conditions=banyan-source', worker]
  return JSON.parse(execFileSync(process.execPath, [...node, what, legacy, service], { encoding: 'utf8' }))
}

function say(label: string, text: string): void {
  console.log(`${label.padEnd(18)} ${text}`)
}

function work({ cpuMs, rssMiB }: Run): string {
  return `${seconds(cpuMs)} of CPU, at most ${Math.round(rssMiB)} MiB`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function perSecond(count: number, ms: number): string {
  return grouped(Math.round((1000 * count) / ms))
}

function ratio(ms: number, ofMs: number): string {
  return `${(ms / ofMs).toFixed(1)}x`
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
