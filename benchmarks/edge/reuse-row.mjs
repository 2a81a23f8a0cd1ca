// Whether a client ever sees that an upstream closes its kept connections.
import { startEdge } from './contestants.mjs'
import { measure } from './measure.mjs'
import { startHelper, told } from './processes.mjs'

const wanted = 200_000

/** Prints how many of 200 000 reads failed; each may meet a connection that is just being closed. */
export async function reuseRow(bench) {
  const upstreamPort = await told(startHelper('load', 'closing-upstream.mjs'))
  const edge = await startEdge(bench.folder, { upstreamPort, source: bench.source })
  let requests = 0
  let failed = 0
  while (requests + failed < wanted) {
    const round = await measure(edge, { ...bench, kind: 'small', ms: 5_000 })
    requests += round.requests
    failed += round.failed
  }
  process.stdout.write(`\nreuse: of ${requests + failed} reads ${failed} failed; none may\n`)
}
