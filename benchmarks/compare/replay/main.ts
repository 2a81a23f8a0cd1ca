// Replaying a recording to two arms, with correlation and compare on, beside a bare client that asks one of them.
//
// Both run on the core that this process is pinned to; the arms run on the others. Requests are counted on both arms, and for
// each second of processor time that the client had, so that whatever else runs on the machine slows neither. The recording is
// a real file, read as a replay reads it. `--exchanges N` replays so many once, and says what memory that took.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type ReplayReport, readRecording, replayRecording } from '@banyan/toolkit/traffic'
import { exchange } from './recording.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, exchanges: { type: 'string' } },
})
const concurrency = 64
const atLeast = 0.4
const mostMiB = 300
const rounds = values.quick ? 1 : 3
const count = Number(values.exchanges ?? (values.quick ? 20_000 : 60_000))
/** Says at its end, on stderr, how much processor time it had. */
const sayCpu =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\n"+JSON.stringify(process.cpuUsage())))'
const folder = await mkdtemp(path.join(tmpdir(), 'banyan-bench-replay-'))
const arms = await Promise.all((['legacy', 'service'] as const).map(startArm))
try {
  const file = await written(path.join(folder, 'recording.ndjson'))
  if (values.exchanges === undefined) await compareRates(file)
  else await replayOnce(file)
} finally {
  for (const { child } of arms) child.kill()
  await rm(folder, { recursive: true })
}

async function compareRates(file: string): Promise<void> {
  await replay(file)
  const ratios: number[] = []
  console.log('| client | requests/s of processor time |\n|---|---|')
  for (let round = 0; round < rounds; round++) {
    const bare = autocannon()
    const { perSecond } = await replay(file)
    ratios.push(perSecond / bare)
    console.log(`| autocannon, one arm | ${grouped(bare)} |\n| replay, both arms | ${grouped(perSecond)} |`)
  }
  const ratio = ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
  const reached = ratio >= atLeast
  console.log(`ratio ${ratio.toFixed(2)}, at least ${atLeast}${reached ? '' : ' (missed)'}`)
  process.exitCode = reached ? 0 : 1
}

async function replayOnce(file: string): Promise<void> {
  const { perSecond, report } = await replay(file)
  const mostRss = process.resourceUsage().maxRSS / 1024
  const reached = mostRss < mostMiB && report.outcome === 'pass'
  console.log(`${grouped(count)} exchanges, ${grouped(perSecond)} requests/s, at most ${Math.round(mostRss)} MiB`)
  console.log(`${report.outcome}; of ${mostMiB} MiB${reached ? '' : ' (missed)'}`)
  process.exitCode = reached ? 0 : 1
}

async function replay(file: string): Promise<{ readonly perSecond: number; readonly report: ReplayReport }> {
  const [legacy, service] = arms.map(({ url }) => url)
  const before = process.cpuUsage()
  const report = await replayRecording({ exchanges: readRecording(file), arms: { legacy, service }, concurrency })
  const took = cpuMs(process.cpuUsage(before))
  const dependent = report.ids?.dependent
  if (report.exchanges.sent !== count || report.routes[0]?.tally.matched !== count || dependent?.unresolved !== 0) {
    throw new Error(`not what was to be replayed: ${JSON.stringify({ ...report, clusters: report.clusters.length })}`)
  }
  return { perSecond: (count * 2 * 1000) / took, report }
}

/** Without what it takes to start, which would count the more the less it asks. */
function autocannon(): number {
  const amount = count * 2
  return (amount * 1000) / Math.max(1, autocannonMs(amount + concurrency) - autocannonMs(concurrency))
}

/** As many requests whatever else runs on the machine. */
function autocannonMs(amount: number): number {
  const cli = path.join(import.meta.dirname, '../../../node_modules/autocannon/autocannon.js')
  const options = ['-c', String(concurrency), '-a', String(amount), '-j', '-n', `${arms[0]?.url}/products/1`]
  const args = ['--import', sayCpu, cli, ...options]
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  return cpuMs(JSON.parse(stderr.split('\n').at(-1) ?? ''))
}

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}

/** On another core than the client, where there is one. */
async function startArm(name: 'legacy' | 'service'): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const node = [process.execPath, '--import', 'tsx', path.join(import.meta.dirname, 'arm.ts'), name]
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0', ...node] : node
  const child = spawn(pinned[0] ?? '', pinned.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  return { url: `http://127.0.0.1:${String(port).trim()}`, child }
}

async function written(file: string): Promise<string> {
  const out = createWriteStream(file)
  out.write(`${JSON.stringify({ banyanRecording: 1, startedAt: '2027-01-15T08:00:00.000Z', routes: [] })}\n`)
  for (let index = 0; index < count; index++) {
    if (!out.write(`${JSON.stringify(exchange(index))}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  return file
}

function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ')
}
