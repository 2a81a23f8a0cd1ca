import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { buildEdge } from '../src/edge.ts'
import { type FuzzResult, fuzz } from './fuzz.ts'
import { holes, plant } from './holes.ts'
import { openFuzzWorld } from './world.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** How often a finding is tried with less of it. */
    shrink: { type: 'string', default: '300' },
    /** Fuzzes copies of the edge with a planted hole each, to see that it would be found. */
    holes: { type: 'boolean', default: false },
    /** Files with a `buildEdge` each, to fuzz instead of the edge. */
    edge: { type: 'string', multiple: true, default: [new URL('../src/edge.ts', import.meta.url).pathname] },
  },
})

if (values.holes) await fuzzHoles()
else {
  const found: boolean[] = []
  for (const file of values.edge) found.push(await fuzzFile(file))
  process.exitCode = found.includes(true) ? 2 : 0
}

async function fuzzHoles(): Promise<void> {
  for (const hole of holes) {
    console.log(`planted: ${hole.name}`)
    const file = await plant(hole)
    if (!(await fuzzFile(file))) process.exitCode = 1
    await rm(dirname(dirname(file)), { recursive: true })
  }
}

/** True when a finding was printed. */
async function fuzzFile(file: string): Promise<boolean> {
  const seed = Number(values.seed)
  const edge = (await import(pathToFileURL(file).href)) as { readonly buildEdge: typeof buildEdge }
  const world = await openFuzzWorld(edge.buildEdge)
  const until = performance.now() + Number(values.minutes) * 60_000
  const result = await fuzz(world, {
    seed,
    goesOn: () => performance.now() < until,
    shrinkTries: Number(values.shrink),
  })
  print(file, seed, result)
  await world.close()
  return result.finding !== undefined
}

function print(file: string, seed: number, { episodes, arrived, finding }: FuzzResult): void {
  console.log(`${file}: ${episodes} episodes from seed ${seed}, ${arrived} requests arrived upstream`)
  if (finding === undefined) {
    console.log('nothing found')
    return
  }
  console.log(`FOUND with seed ${finding.seed}: ${finding.what}`)
  for (const { pieces } of finding.smallest.clients) console.log(`  client sent ${JSON.stringify(pieces)}`)
  console.log(`  once more: npm run fuzz -- --seed ${finding.seed}`)
}
