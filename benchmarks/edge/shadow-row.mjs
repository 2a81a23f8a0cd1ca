// What a shadow costs the answers that are served: while it keeps up, while its arm hangs, and while the edge has more to do than it can.
import { startEdge } from './contestants.mjs'
import { measure, measureOpen, median } from './measure.mjs'
import { startHelper, told } from './processes.mjs'

/** Prints served p99 at 30 % of what the edge can do, and served requests a second when it is saturated. */
export async function shadowRow(bench) {
  const { folder, upstreamPort, source } = bench
  const healthyPort = await told(startHelper('load', 'upstream.mjs'))
  const hangingPort = await told(startHelper('load', 'upstream.mjs', 'hang'))
  const edges = [
    await startEdge(folder, { upstreamPort, source, name: 'off' }),
    await startEdge(folder, { upstreamPort, source, shadowPort: healthyPort, name: 'healthy' }),
    await startEdge(folder, { upstreamPort, source, shadowPort: hangingPort, name: 'hanging' }),
  ]
  const capacity = (await measure(edges[0], { ...bench, kind: 'small', ms: 3_000 })).perSecond
  const perSecond = Math.round(capacity * 0.3)
  const open = edges.map(() => [])
  const saturated = edges.map(() => [])
  for (const edge of edges) await measureOpen(edge, { perSecond, ms: 2_000 })
  for (let round = 0; round < bench.rounds; round++) {
    for (const [n, edge] of edges.entries()) open[n].push(await measureOpen(edge, { perSecond, ms: bench.ms }))
    for (const [n, edge] of edges.entries()) saturated[n].push(await measure(edge, { ...bench, kind: 'small' }))
  }
  process.stdout.write(
    `\nshadow 100 %: at 30 % of capacity (${perSecond}/s) served p99 at most 1.25 x of off; saturated at least 0.9 x served/s\n`,
  )
  line(['shadowed arm', 'p50 ms', 'p99 ms', 'p99 / off', 'saturated/s', '/ off', 'failed'])
  for (const [n, { name }] of edges.entries()) {
    const ratio = (of, key) => median(of[n].map((round, at) => round[key] / of[0][at][key])).toFixed(2)
    const failed = [...open[n], ...saturated[n]].reduce((sum, round) => sum + round.failed, 0)
    const [p50, p99] = ['p50', 'p99'].map((key) => median(open[n].map((round) => round[key])).toFixed(2))
    const served = median(saturated[n].map((round) => round.perSecond)).toFixed(0)
    line([name, p50, p99, ratio(open, 'p99'), served, ratio(saturated, 'perSecond'), failed])
  }
}

function line(cells) {
  process.stdout.write(
    `${cells.map((cell, n) => (n === 0 ? String(cell).padEnd(14) : String(cell).padStart(14))).join('')}\n`,
  )
}
