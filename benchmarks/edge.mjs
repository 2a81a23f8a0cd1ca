// The edge beside http-proxy, on one machine, in turns: npm run bench:edge
//
//     npm run bench:edge [-- --rounds 5 --seconds 2 --connections 64 --source]
//
// Small GETs over kept connections, with all features of the edge on (100 routes, ids, trace context, forwarded
// headers, time-outs, metrics, access log into a file) and the shadow off. Each proxy is one process on a core of its
// own, load and upstream share the other. Rounds go A B A B; what counts is the median of the paired ratios of requests
// per CPU-second of the proxy, for the machine's moods hit both alike. The edge is the built one, as it is published;
// --source runs the TypeScript through tsx. Linux only: CPU time and memory are read from /proc. About 40 seconds.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    source: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'banyan-bench-'))
mkdirSync(join(folder, 'logs'))
const children = []

try {
  await run()
} finally {
  for (const child of children) child.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}

async function run() {
  if (!options.source) build()
  const upstreamUrl = `http://127.0.0.1:${await started(startHelper('load', 'upstream.mjs'))}`
  const reference = startHelper('proxy', 'http-proxy.mjs', upstreamUrl)
  const proxies = [
    { name: 'http-proxy', child: reference, port: await started(reference), rounds: [] },
    { name: 'edge', ...(await startEdge(upstreamUrl)), rounds: [] },
  ]
  const durationMs = Number(options.seconds) * 1000
  for (const proxy of proxies) await measure(proxy, Math.max(durationMs, 3000))
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const proxy of proxies) proxy.rounds.push(await measure(proxy, durationMs))
  }
  print(proxies)
}

/** Builds what is published; npm pack does the same. */
function build() {
  for (const workspace of ['toolkit', 'edge-proxy']) {
    const { status } = spawnSync('npm', ['run', '--silent', 'prepack', '-w', workspace], {
      cwd: root,
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`${workspace} does not build`)
  }
}

/** Starts a Node process, the proxies on one core and everything else on the other, where there are two. */
function start(core, argv, spawnOptions = {}) {
  const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0
  const command = [process.execPath, ...argv]
  const all = pinned ? ['taskset', '-c', core === 'proxy' ? '1' : '0', ...command] : command
  const child = spawn(all[0], all.slice(1), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...spawnOptions })
  children.push(child)
  return child
}

function startHelper(core, file, ...argv) {
  return start(core, [join(import.meta.dirname, 'edge', file), ...argv])
}

function started(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)))
  })
}

async function startEdge(upstreamUrl) {
  writeFileSync(join(folder, 'routes.yaml'), routesOf(upstreamUrl))
  const port = await freePort()
  const environment = {
    EDGE_ROUTES: join(folder, 'routes.yaml'),
    BANYAN_STATE: join(folder, 'state'),
    EDGE_PORT: String(port),
    ADMIN_PORT: String(await freePort()),
  }
  const main = options.source
    ? ['--import', 'tsx', '--conditions=banyan-source', 'edge-proxy/src/main.ts']
    : ['edge-proxy/dist/main.js']
  const profile = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const child = start('proxy', [...profile, ...main], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', openSync(join(folder, 'logs', 'access.log'), 'w'), 'inherit'],
  })
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (answer?.ok) return { child, port }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the edge did not start')
}

/** 100 routes, of which the one that is asked for is in the middle. */
function routesOf(upstreamUrl) {
  const route = (n) => `  - { name: route-${n}, upstream: monolith, match: { methods: [GET], path: /area-${n}/:id } }`
  return `version: 1
caller: { cookie: SHOPSESSID, header: x-api-key }
upstreams:
  monolith: { url: "${upstreamUrl}" }
  users: { url: "${upstreamUrl}" }
capabilities:
  users: { legacy: monolith, service: users, owner: legacy }
routes:
${Array.from({ length: 49 }, (_, n) => route(n)).join('\n')}
  - { name: users.read, capability: users, match: { methods: [GET], path: /api/customers/:id }, serve: legacy }
${Array.from({ length: 49 }, (_, n) => route(n + 49)).join('\n')}
  - { name: everything-else, upstream: monolith, match: { path: "/*" } }
`
}

async function freePort() {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function measure({ child, port }, durationMs) {
  const before = cpuSecondsOf(child.pid)
  const startedMs = performance.now()
  const result = await started(startHelper('load', 'load.mjs', port, options.connections, durationMs))
  const seconds = (performance.now() - startedMs) / 1000
  const cpuSeconds = cpuSecondsOf(child.pid) - before
  return { ...result, perSecond: result.requests / seconds, perCpuSecond: result.requests / cpuSeconds }
}

function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function residentMiB({ child }) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))[1]) / 1024
}

function print(proxies) {
  const columns = ['proxy', 'req/s', 'req per CPU-s', '/ http-proxy', 'p50 ms', 'p99 ms', 'RSS MiB', 'failed']
  process.stdout.write(`${row(columns)}\n`)
  const [reference] = proxies
  for (const proxy of proxies) {
    const of = (key) => median(proxy.rounds.map((round) => round[key]))
    const ratios = proxy.rounds.map((round, n) => round.perCpuSecond / reference.rounds[n].perCpuSecond)
    const numbers = [of('perSecond').toFixed(0), of('perCpuSecond').toFixed(0), median(ratios).toFixed(2)]
    const failed = proxy.rounds.reduce((sum, round) => sum + round.failed, 0)
    const rest = [of('p50').toFixed(2), of('p99').toFixed(2), residentMiB(proxy).toFixed(0), String(failed)]
    process.stdout.write(`${row([proxy.name, ...numbers, ...rest])}\n`)
  }
}

function row(cells) {
  return cells.map((cell, n) => (n === 0 ? cell.padEnd(11) : cell.padStart(14))).join('')
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
