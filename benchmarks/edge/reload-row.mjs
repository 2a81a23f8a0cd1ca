// How long requests stand still while the edge takes in another route table of 10 000 routes.
import { readFileSync, writeFileSync } from 'node:fs'
import { startEdge } from './contestants.mjs'
import { measureOpen } from './measure.mjs'

/** Prints the longest latency under an easy load, at rest and with a reload each second. */
export async function reloadRow({ folder, upstreamPort, source }) {
  const edge = await startEdge(folder, { upstreamPort, source, routes: 10_000 })
  const load = { perSecond: 500, ms: 6_000 }
  await measureOpen(edge, { ...load, ms: 3_000 })
  const quiet = await measureOpen(edge, load)
  const text = readFileSync(edge.file, 'utf8')
  let reloads = 0
  const timer = setInterval(() => {
    reloads += 1
    writeFileSync(edge.file, `${text}# ${reloads}\n`)
  }, 1_500)
  const busy = await measureOpen(edge, load)
  clearInterval(timer)
  const show = ({ p99, longest, failed }) =>
    `p99 ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms, failed ${failed}`
  process.stdout.write(
    `\nreload of 10 000 routes (${(text.length / 1e6).toFixed(1)} MB): no request waits 20 ms longer\n`,
  )
  process.stdout.write(`at rest        ${show(quiet)}\n${`${reloads} reloads`.padEnd(15)}${show(busy)}\n`)
}
