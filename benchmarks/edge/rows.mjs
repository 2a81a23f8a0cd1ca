// The rows of the edge's benchmark; each prints what it measured beside what is aimed at.
import { startEdge, startNginx, startNginxUpstream, startProxy } from './contestants.mjs'
import { measure, median, pairedRatio } from './measure.mjs'
import { residentMiB } from './processes.mjs'
import { reloadRow } from './reload-row.mjs'
import { reuseRow } from './reuse-row.mjs'
import { shadowRow } from './shadow-row.mjs'

/** By name, as --only takes them. */
export const rows = {
  small: (bench) => compare(bench, { kind: 'small', aim: 'at least 2.0 x http-proxy and 0.25 x nginx' }),
  post: (bench) => compare(bench, { kind: 'post', aim: 'POST 1 KiB: at least 2.0 x http-proxy' }),
  '64k': (bench) => compare(bench, { kind: '64k', aim: 'at least 0.5 x nginx' }),
  '1m': (bench) => compare({ ...bench, connections: 16 }, { kind: '1m', aim: 'at least 0.8 x nginx' }),
  c1: latencyRow,
  shadow: shadowRow,
  routes: routesRow,
  reload: reloadRow,
  reuse: reuseRow,
}

let standing
let nginxPort

/** They stay for all rows, idle while another is measured. */
async function contestants(bench) {
  standing ??= await startAll(bench)
  return standing
}

/** Several processes of each: one that V8 compiled unluckily is slower by a fifth, for as long as it runs. */
async function startAll(bench, core = 'proxy') {
  const { folder, source, profile } = bench
  nginxPort ??= await startNginxUpstream(folder)
  const upstreamPort = nginxPort ?? bench.upstreamPort
  const nginx = await startNginx(folder, upstreamPort, core)
  const proxies = [
    ...(nginx === undefined ? [] : [{ name: 'nginx', processes: [nginx] }]),
    await several('http-proxy', () => startProxy('http-proxy', upstreamPort, core)),
    await several('undici', () => startProxy('undici', upstreamPort, core)),
    await several('edge', () => startEdge(folder, { upstreamPort, source, profile, core })),
  ]
  return { proxies, direct: { name: 'upstream', processes: [{ child: undefined, port: upstreamPort }] } }
}

async function several(name, start) {
  return { name, processes: [await start(), await start(), await start()] }
}

async function compare(bench, { kind, aim }) {
  const { proxies, direct } = await contestants(bench)
  for (const { name, processes } of proxies) await assertSame(name, processes[0], { direct: direct.processes[0], kind })
  const results = await inTurns(proxies, bench, kind)
  const columns = ['req/s', 'req per CPU-s', '/ http-proxy', '/ nginx', 'p50 ms', 'p99 ms', 'RSS MiB', 'failed']
  print(`${kind}: ${aim}; RSS of the edge at most 100 MiB`, ['proxy', ...columns])
  for (const [n, { name, processes }] of proxies.entries()) {
    const of = (key) => median(results[n].map((round) => round[key]))
    const against = (other) => ratioText(results[n], results[proxies.findIndex((each) => each.name === other)])
    const failed = results[n].reduce((sum, round) => sum + round.failed, 0)
    const speed = [of('perSecond').toFixed(0), of('perCpuSecond').toFixed(0), against('http-proxy'), against('nginx')]
    line([
      name,
      ...speed,
      of('p50').toFixed(2),
      of('p99').toFixed(2),
      Math.max(...processes.map(({ child }) => residentMiB(child))).toFixed(0),
      failed,
    ])
  }
}

/** A proxy that gives something else is not measured. */
async function assertSame(name, proxy, { direct, kind }) {
  const target = `/api/customers/${kind === 'small' || kind === 'post' ? '7' : kind}`
  const bodyOf = async ({ port }) => await (await fetch(`http://127.0.0.1:${port}${target}`)).text()
  if ((await bodyOf(proxy)) !== (await bodyOf(direct)))
    throw new Error(`${name} gives another ${kind} than its upstream`)
}

function ratioText(rounds, reference) {
  return reference === undefined ? '-' : pairedRatio(rounds, reference).toFixed(2)
}

async function inTurns(proxies, bench, kind) {
  for (const { processes } of proxies) for (const each of processes) await warmUp(each, { ...bench, kind })
  const results = proxies.map(() => [])
  for (let round = 0; round < bench.rounds; round++) {
    for (const [n, { processes }] of proxies.entries())
      results[n].push(await measure(processes[round % processes.length], { ...bench, kind }))
  }
  return results
}

/** Until a proxy is compiled: by requests, for on a busy machine seconds say little. */
async function warmUp(proxy, bench) {
  const enough = bench.kind === '1m' ? 500 : 30_000
  const load = { ...bench, connections: Math.max(bench.connections, 16), ms: 2_000 }
  for (let requests = 0, round = 0; requests < enough && round < 6; round++) {
    requests += (await measure(proxy, load)).requests
  }
}

/**
 * With one connection nobody works while another does, so that one core serves all: what is added there is the work of a proxy. A core
 * of its own adds how long the machine takes to wake one core from the other, which no proxy can help.
 */
async function latencyRow(bench) {
  const [apart, together] = [await contestants(bench), await startAll(bench, 'load')]
  const added = [await addedBy(together, bench), await addedBy(apart, bench)]
  print('c1: one connection; the edge adds at most 80 us to the p50 of the upstream itself, all on one core', [
    ...['proxy', 'added us', '(p50 us)', 'on own core', '(p50 us)'],
  ])
  for (const [n, { name }] of [together.direct, ...together.proxies].entries()) {
    line([name, ...added.flatMap((rows) => [(rows[n] - rows[0]).toFixed(0), rows[n].toFixed(0)])])
  }
}

/** Medians in us, the upstream's own first. */
async function addedBy({ direct, proxies }, bench) {
  const results = await inTurns([direct, ...proxies], { ...bench, connections: 1 }, 'small')
  return results.map((rounds) => median(rounds.map((round) => round.p50)) * 1000)
}

async function routesRow(bench) {
  const { folder, upstreamPort, source } = bench
  const edges = [
    await several('10 routes', () => startEdge(folder, { upstreamPort, source, routes: 10 })),
    await several('10000 routes', () => startEdge(folder, { upstreamPort, source, routes: 10_000 })),
  ]
  const results = await inTurns(edges, bench, 'small')
  print('routes: 10 000 routes cost at most 10 % more than 10', ['edge', 'req per CPU-s', '/ 10 routes'])
  for (const [n, { name }] of edges.entries()) {
    const perCpuSecond = median(results[n].map((round) => round.perCpuSecond))
    line([name, perCpuSecond.toFixed(0), pairedRatio(results[n], results[0]).toFixed(2)])
  }
}

function print(title, columns) {
  process.stdout.write(`\n${title}\n`)
  line(columns)
}

function line(cells) {
  process.stdout.write(
    `${cells.map((cell, n) => (n === 0 ? String(cell).padEnd(14) : String(cell).padStart(14))).join('')}\n`,
  )
}
