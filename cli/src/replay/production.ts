import { resolve } from 'node:path'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Production, ProductionClass } from '@banyan/toolkit/compare'
import type { RouteTable } from '@banyan/toolkit/routing'
import { productionOf, readRecording } from '@banyan/toolkit/traffic'
import { edgeClients } from '../edge-client.ts'
import { locate } from '../place.ts'
import type { Shell } from '../shell.ts'
import type { ReplayFlags } from './flags.ts'

/** What production shows, as `--covers` says: the counters of the edges, or another recording; undefined when it says nothing. */
export async function productionFor(
  flags: ReplayFlags,
  table: RouteTable | undefined,
  shell: Shell,
): Promise<Production | undefined> {
  if (flags.covers === undefined) return undefined
  if (flags.covers !== 'edges')
    return await productionOf(`the recording ${flags.covers}`, readRecording(resolve(shell.cwd, flags.covers)))
  if (table !== undefined) return await countedByEdges(table, flags, shell)
  throw new Fault('edges-unknown', 'no valid route table says where the edges are', {
    hint: '--routes FILE',
    exitCode: exitCodes.usage,
  })
}

/** The edges count by route alone. What asking them throws is thrown. */
async function countedByEdges(table: RouteTable, flags: ReplayFlags, shell: Shell): Promise<Production> {
  const edges = edgeClients(table.edges, locate({ ...flags, routes: table.file }, shell))
  const all = await Promise.all(edges.map((edge) => edge.status()))
  const classes = all.flatMap(({ routes }) =>
    routes.map(({ route, arms }): ProductionClass => ({ route, count: sum(arms.map(({ requests }) => requests)) })),
  )
  const since = all.map(({ startedAt }) => startedAt).sort()[0] ?? 'never'
  return { source: `the edges' counters since ${since}`, classes: classes.filter(({ count }) => count > 0) }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
