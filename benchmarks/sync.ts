// The sync beside what the databases themselves can do, on one machine: npm run bench:sync
//
//     npm run bench:sync [-- --rows 1000000 --rounds 1 --only sqlite-sqlite,postgres-postgres,price,lag-sqlite,hold]
//
// Flat orders of ten columns, through a real translator: codes, local times, decimal texts as cents. Each piece of the sync
// runs in a process of its own. A limit is measured beside its row, with the same rows in the same run: it translates nothing,
// applies nothing twice and cannot go on after a break. BENCH_NODE_FLAGS gives the sync's process flags, such as --cpu-prof.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { measureHold } from './sync/hold.ts'
import { measureLag } from './sync/lag.ts'
import { measurePair, pairNames } from './sync/pairs.ts'
import { measurePrice } from './sync/price.ts'
import { grouped, heading, type Measured, notMeasured, row } from './sync/report.ts'
import { openSides } from './sync/sides.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const rows = Number(values.rows)
const rounds = Number(values.rounds)
const only = values.only?.split(',')
const flags = (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '')
const pieces: Readonly<Record<string, () => Promise<readonly Measured[]>>> = {
  ...Object.fromEntries(pairNames.map((name) => [name, () => measurePair(name, sides, { rows, rounds, flags })])),
  'price-sqlite': async () => measurePrice(await sides.sqlite()),
  'price-postgres': async () => measurePrice(await sides.postgres()),
  'lag-sqlite': async () => measureLag(await sides.sqlite(), flags),
  'lag-postgres': async () => measureLag(await sides.postgres(), flags),
  'hold-sqlite': async () => measureHold(folder, await few.sqlite()),
  'hold-postgres': async () => measureHold(folder, await few.postgres()),
}
const folder = mkdtempSync(path.join(tmpdir(), 'banyan-bench-sync-'))
const sides = openSides(folder, rows)
const few = openSides(path.join(folder, 'few'), 20_000)
try {
  await measure()
} finally {
  await few.close()
  await sides.close()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const machine = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}`
  console.log(`${machine}; ${grouped(rows)} orders\n`)
  console.log(heading())
  let mostMiB = 0
  for (const [name, piece] of Object.entries(pieces)) {
    if (only?.some((one) => name === one || name.startsWith(`${one}-`)) === false) continue
    for (const measured of await piece().catch((thrown) => [notMeasured(name, thrown)])) {
      mostMiB = Math.max(mostMiB, measured.rssMiB ?? 0)
      console.log(row(measured))
    }
  }
  if (mostMiB > 0)
    console.log(row({ what: 'memory of the worker, at most', value: mostMiB, unit: 'MiB', goal: { atMost: 200 } }))
}
