// What the edge costs, beside nginx, http-proxy and undici on one machine: npm run bench:edge
//
//     npm run bench:edge [-- --only small,post --rounds 5 --seconds 2 --connections 64 --source --profile FOLDER]
//
// The edge runs with all its features on (100 routes, ids, trace context, forwarded headers, time-outs, limits, metrics, access
// log into a file). Each proxy is one process on a core of its own, load and upstream share the other: wrk and nginx where they are
// installed (apt-get install wrk nginx-light), else slower ones in Node, whose figures say less. Rounds go A B C A B C;
// what counts is the median of the paired ratios of requests per CPU-second of the proxy, for the machine's moods hit all
// alike. The edge is the built one, as it is published; --source runs the TypeScript through tsx. Linux only: CPU time and
// memory are read from /proc. All rows take about 9 minutes; --only takes one or several of them.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHelper, stopAll, told } from './edge/processes.mjs'
import { rows } from './edge/rows.mjs'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(rows).join(',') },
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    source: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'banyan-bench-'))

try {
  await run()
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}

async function run() {
  const wanted = options.only.split(',')
  const unknown = wanted.filter((name) => !Object.hasOwn(rows, name))
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}; known: ${Object.keys(rows).join(', ')}`)
  if (!options.source && !options.built) build()
  const upstreamPort = await told(startHelper('load', 'upstream.mjs'))
  const bench = {
    ...{ folder, upstreamPort, source: options.source, profile: options.profile },
    ...{ rounds: Number(options.rounds), ms: Number(options.seconds) * 1000, connections: Number(options.connections) },
  }
  for (const name of wanted) await rows[name](bench)
}

/** Builds what is published; npm pack does the same. */
function build() {
  for (const workspace of ['toolkit', 'edge-proxy']) {
    const { status } = spawnSync('npm', ['run', '--silent', 'prepack', '-w', workspace], {
      cwd: join(import.meta.dirname, '..'),
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`${workspace} does not build`)
  }
}
