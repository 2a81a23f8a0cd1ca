import { type NodeFlags, type Places, type Run, runPiece } from './child.ts'
import { readRows } from './read-rows.ts'
import { type Measured, notMeasured } from './report.ts'
import type { Side } from './side.ts'
import type { Sides } from './sides.ts'

/** From which dialect to which, and the share of the limit that is to be reached. */
const pairs = {
  'sqlite-sqlite': { from: 'sqlite', to: 'sqlite', atLeast: 0.07, follow: 20_000 },
  'sqlite-postgres': { from: 'sqlite', to: 'postgres', atLeast: 0.22, follow: undefined },
  'postgres-postgres': { from: 'postgres', to: 'postgres', atLeast: 0.22, follow: 10_000 },
  'postgres-sqlite': { from: 'postgres', to: 'sqlite', atLeast: 0.05, follow: undefined },
} as const

/** The name of a pair. */
export type PairName = keyof typeof pairs

/** All pairs, in the order in which they are measured. */
export const pairNames = Object.keys(pairs) as readonly PairName[]

/** How much is measured, and how. */
export interface Extent {
  readonly rows: number
  readonly rounds: number
  readonly flags: NodeFlags
}

/** Measures a pair: its backfill beside the limit and, where both ends speak one dialect, follow and verify. */
export async function measurePair(name: PairName, sides: Sides, extent: Extent): Promise<readonly Measured[]> {
  const pair = pairs[name]
  const [from, to] = [await sides[pair.from](), await sides[pair.to]()]
  const label = `${from.name} -> ${to.name}`
  const places = { legacy: await from.legacy(), service: '' }
  const rounds: { readonly limit: number; readonly run: Run; readonly how: string }[] = []
  try {
    for (let round = 0; round < extent.rounds; round++) {
      const { tookMs, how } = await to.limitFrom(from)
      places.service = await to.freshService()
      await runPiece('install', places, [])
      await from.settle(places.legacy)
      await to.settle(places.service)
      const run = await runPiece('backfill', places, extent.flags)
      if (run.copied !== extent.rows)
        throw new Error(`copied ${run.copied} of ${extent.rows}, ${run.quarantined} set aside`)
      rounds.push({ limit: perSecond(extent.rows, tookMs), run, how })
    }
    const run = middle(rounds, (one) => one.run.tookMs)
    const backfill: Measured = {
      ...measured(`backfill ${label}`, extent.rows, run.run),
      limit: middle(rounds, (one) => one.limit).limit,
      goal: { atLeast: pair.atLeast },
    }
    if (pair.follow === undefined) return [backfill]
    return [
      backfill,
      await follow(from, places, { ...extent, atLeast: pair.follow }),
      await verify(from, places, extent),
    ]
  } catch (thrown) {
    return [notMeasured(`backfill ${label}`, thrown)]
  } finally {
    await runPiece('uninstall', places, []).catch(() => undefined) // It is gone with its folder anyway.
  }
}

async function follow(from: Side, places: Places, extent: Extent & { readonly atLeast: number }): Promise<Measured> {
  const what = `follow from a backlog, ${from.name}`
  try {
    await from.run(places.legacy, `UPDATE ord_hdr SET note = 'changed' WHERE ord_id % 10 = 0`)
    const run = await runPiece('follow', places, extent.flags)
    return { ...measured(what, Math.floor(extent.rows / 10), run), goal: { atLeast: extent.atLeast } }
  } catch (thrown) {
    return notMeasured(what, thrown)
  }
}

async function verify(from: Side, places: Places, extent: Extent): Promise<Measured> {
  const what = `verify, ${from.name}`
  try {
    const readMs = await readRows(places.legacy)
    const run = await runPiece('verify', places, extent.flags)
    const came = run.came as { readonly equal?: boolean; readonly aggregates?: number }
    if (came.equal !== true || came.aggregates !== extent.rows) throw new Error(JSON.stringify(came).slice(0, 300))
    return { ...measured(what, extent.rows, run), limit: perSecond(extent.rows, readMs), goal: { atLeast: 0.25 } }
  } catch (thrown) {
    return notMeasured(what, thrown)
  }
}

function measured(what: string, count: number, { tookMs, cpuMs, rssMiB }: Run): Measured {
  return { what, value: perSecond(count, tookMs), unit: '/s', cpu: cpuMs / tookMs, rssMiB }
}

function middle<Item>(items: readonly Item[], by: (item: Item) => number): Item {
  const found = [...items].sort((a, b) => by(a) - by(b))[Math.floor(items.length / 2)]
  if (found === undefined) throw new Error('nothing was measured')
  return found
}

function perSecond(count: number, ms: number): number {
  return (1000 * count) / ms
}
