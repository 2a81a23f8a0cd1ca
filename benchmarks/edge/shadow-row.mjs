// What a shadow costs the answers that are served: while it keeps up, while its arm says the same in other bytes, while
// its arm hangs for ever, and while the edge has more to do than it can. All threads of an edge share its core, the
// comparing one too. What was compared and what was left out is printed beside: a shadow that is always left out costs nothing.
import { startEdge } from './contestants.mjs'
import { measure, measureOpen, median } from './measure.mjs'
import { startHelper, told } from './processes.mjs'

/** So many requests until an edge is compiled, and its connections are open. */
const warmUpRequests = 30_000

/** Prints served p99 at 30 % of what the edge can do, and served requests a second when it is saturated. */
export async function shadowRow(bench) {
  // Several processes of each: one that V8 compiled unluckily is slower by a fifth, for as long as it runs.
  const sets = [await startEdges(bench), await startEdges(bench), await startEdges(bench)]
  for (const edge of sets.flat()) await warmUp(edge, bench)
  const perSecond = Math.round((await capacityOf(sets[0][0], bench)) * 0.3)
  for (const edge of sets.flat()) await measureOpen(edge, { perSecond, ms: 2_000 })
  const open = sets[0].map(() => [])
  const saturated = sets[0].map(() => [])
  for (let round = 0; round < bench.rounds; round++) {
    const edges = sets[round % sets.length]
    for (const n of inTurn(edges, round))
      open[n].push(await shadowed(edges[n], () => measureOpen(edges[n], { perSecond, ms: bench.ms })))
    for (const n of inTurn(edges, round))
      saturated[n].push(await shadowed(edges[n], () => measure(edges[n], { ...bench, kind: 'small' })))
  }
  print(sets[0], { open, saturated, perSecond })
}

async function startEdges({ folder, upstreamPort, source, profile }) {
  const edges = [await startEdge(folder, { upstreamPort, source, name: 'off' })]
  for (const [name, ...mode] of [['healthy'], ['other bytes', 'other-bytes'], ['hanging', 'hang']]) {
    const shadowPort = await told(startHelper('load', 'upstream.mjs', ...mode))
    edges.push(await startEdge(folder, { upstreamPort, source, shadowPort, profile, name }))
  }
  return edges
}

async function warmUp(edge, bench) {
  for (let requests = 0, round = 0; requests < warmUpRequests && round < 6; round++)
    requests += (await measure(edge, { ...bench, kind: 'small', ms: 1_500 })).requests
}

async function capacityOf(edge, bench) {
  const rounds = []
  for (let round = 0; round < 3; round++) rounds.push(await measure(edge, { ...bench, kind: 'small', ms: 1_500 }))
  return median(rounds.map((round) => round.perSecond))
}

/** Another one begins each round, so that nobody always follows the same one. */
function inTurn(edges, round) {
  return edges.map((_, n) => (n + round) % edges.length)
}

/** A measurement with what became of its shadows: those of a hanging arm may still wait when it is over. */
async function shadowed(edge, measuring) {
  const before = await tallyOf(edge)
  const measured = await measuring()
  const after = await tallyOf(edge)
  return { ...measured, compared: after.compared - before.compared, shed: after.shed - before.shed }
}

async function tallyOf(edge) {
  const { routes } = await edge.admin('/tally')
  return routes[0] ?? { compared: 0, shed: 0 }
}

function print(edges, { open, saturated, perSecond }) {
  process.stdout.write(
    `\nshadow 100 %: at 30 % of capacity (${perSecond}/s) served p99 at most 1.25 x of off; saturated at least 0.9 x served/s\n`,
  )
  line([
    'shadowed arm',
    'p50 ms',
    'p99 ms',
    'p99 / off',
    'compared',
    'shed',
    'saturated/s',
    '/ off',
    'compared',
    'shed',
    'failed',
  ])
  for (const [n, { name }] of edges.entries()) {
    const ratio = (of, key) => medianOf(of[n].map((round, at) => round[key] / of[0][at][key]))
    const failed = [...open[n], ...saturated[n]].reduce((sum, round) => sum + round.failed, 0)
    const [p50, p99] = ['p50', 'p99'].map((key) => medianOf(open[n].map((round) => round[key])))
    const served = median(saturated[n].map((round) => round.perSecond)).toFixed(0)
    const shares = [open, saturated].map((of) => ['compared', 'shed'].map((key) => shareText(of[n], key)))
    line([
      name,
      p50,
      p99,
      ratio(open, 'p99'),
      ...shares[0],
      served,
      ratio(saturated, 'perSecond'),
      ...shares[1],
      failed,
    ])
  }
}

/** A round in which nothing was answered has no latencies; it shows among what failed. */
function medianOf(values) {
  return median(values.filter((value) => Number.isFinite(value))).toFixed(2)
}

function shareText(rounds, key) {
  const of = (name) => rounds.reduce((sum, round) => sum + round[name], 0)
  return `${((100 * of(key)) / of('sent')).toFixed(0)} %`
}

function line(cells) {
  process.stdout.write(
    `${cells.map((cell, n) => (n === 0 ? String(cell).padEnd(14) : String(cell).padStart(12))).join('')}\n`,
  )
}
