// What recording costs the traffic: an edge that records every exchange, bodies included and redacted, beside one that does not.
//
// Each edge has the core that this process is pinned to for itself, its recording thread included, while load and upstream share
// the others. Rounds go A B A B; what counts is the median of the paired ratios of requests per CPU second of the edge, threads
// included: on one core that it fills, those of requests per second, without the machine's moods. At the end the recording must
// hold exactly what was served. Linux only.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { scanRecording } from '@banyan/toolkit/traffic'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const root = path.resolve(import.meta.dirname, '../../..')
const atLeast = 0.7
const rounds = values.quick ? 3 : 7
const durationMs = values.quick ? 1_000 : 3_000
const connections = 64
const hasTaskset = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0
const folder = await mkdtemp(path.join(tmpdir(), 'banyan-bench-recording-'))
const children: ChildProcess[] = []

try {
  process.exitCode = (await measure()) ? 0 : 1
} finally {
  for (const child of children) child.kill()
  await rm(folder, { recursive: true })
}

async function measure(): Promise<boolean> {
  const upstream = await startUpstream()
  const off = await startEdge('off', upstream, '')
  const on = await startEdge('on', upstream, `recording: { share: 100%, routes: [users.read], folder: rec }`)
  let served = 0
  const ratios: number[] = []
  console.log('| edge | served/s | per CPU second | p50 ms | p99 ms | failed |\n|---|---|---|---|---|---|')
  for (let round = 0; round <= rounds; round++) {
    const without = await load(off)
    const recording = await load(on)
    served += recording.requests
    // The first round warms both up.
    if (round === 0) continue
    ratios.push(recording.perCpuSecond / without.perCpuSecond)
    console.log(row('recording off', without))
    console.log(row('recording on', recording))
  }
  on.child.kill('SIGTERM')
  await once(on.child, 'exit')
  return verdictOn(ratios, served)
}

async function verdictOn(ratios: readonly number[], served: number): Promise<boolean> {
  const { read, secrets } = await scanRecording(path.join(folder, 'on', 'rec'))
  const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0
  const equal = read.exchanges === served && read.dropped === 0 && read.malformed === 0
  console.log(`recorded ${read.exchanges} of ${served} served, ${read.dropped} said to be left out, ${secrets} secrets`)
  console.log(`ratio ${ratio.toFixed(2)}, at least ${atLeast}${ratio >= atLeast && equal ? '' : ' (missed)'}`)
  return ratio >= atLeast && equal
}

interface Load {
  readonly requests: number
  readonly perCpuSecond: number
  readonly failed: number
  readonly p50: number
  readonly p99: number
}

interface RunningEdge {
  readonly child: ChildProcess
  readonly port: number
}

async function load({ child, port }: RunningEdge): Promise<Load> {
  const before = cpuSecondsOf(child)
  const [result] = await once(beside('load.mjs', [String(port), String(connections), String(durationMs)]), 'message')
  return { ...result, perCpuSecond: result.requests / (cpuSecondsOf(child) - before) }
}

/** Of all threads, in user and system mode (proc(5)). */
function cpuSecondsOf({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function startUpstream(): Promise<string> {
  const [port] = await once(beside('upstream.mjs', []), 'message')
  return `http://127.0.0.1:${port}`
}

/** A helper of the edge's benchmark, on the other cores. */
function beside(file: string, args: readonly string[]): ChildProcess {
  const others = `0-${Math.max(0, cpus().length - 2)}`
  const script = path.join(root, 'benchmarks/edge', file)
  const pinned = cpus().length > 1 && hasTaskset ? ['taskset', '-c', others] : []
  const [command = '', ...rest] = [...pinned, process.execPath, script, ...args]
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.push(child)
  return child
}

async function startEdge(name: string, upstream: string, recording: string): Promise<RunningEdge> {
  const state = path.join(folder, name)
  const port = await freePort()
  const routes = path.join(folder, `${name}.yaml`)
  await writeFile(routes, routesOf(upstream, recording.replace('folder: rec', `folder: ${name}/rec`)))
  const environment = {
    EDGE_ROUTES: routes,
    BANYAN_STATE: state,
    EDGE_PORT: `${port}`,
    ADMIN_PORT: `${await freePort()}`,
  }
  const args = ['--import', 'tsx', '--conditions=banyan-source', path.join(root, 'edge-proxy/src/main.ts')]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.push(child)
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.ok) return { child, port }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the edge did not start')
}

function routesOf(upstream: string, recording: string): string {
  return `version: 1
caller: { cookie: SHOPSESSID, header: x-api-key }
upstreams: { monolith: { url: "${upstream}" }, users: { url: "${upstream}" } }
capabilities:
  users: { legacy: monolith, service: users, owner: legacy }
${recording}
routes:
  - { name: users.read, capability: users, match: { methods: [GET], path: /api/customers/:id } }
  - { name: everything-else, upstream: monolith, match: { path: "/*" } }
`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function row(name: string, { requests, perCpuSecond, p50, p99, failed }: Load): string {
  return `| ${name} | ${Math.round((requests * 1000) / durationMs)} | ${Math.round(perCpuSecond)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${failed} |`
}
