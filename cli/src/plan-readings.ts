import type { Sync } from '@banyan/toolkit/data-sync'
import { type Readings, type RouteCounters, sumOf } from '@banyan/toolkit/plan'
import type { EdgeClient } from './edge-client.ts'
import { armsOf, type EdgeReading, readEdges } from './edge-readings.ts'

/** Where the gates of a plan get their numbers: the edges' counts, and the sync's own account of its lag. */
export function planReadings(edges: readonly EdgeClient[], sync: () => Promise<Sync>): Readings {
  return {
    counters: async (route) => {
      const { readings, failures } = await readEdges(edges)
      // The counts of some edges would be taken for the counts of all.
      if (failures.length > 0 || readings.length === 0) return undefined
      return countersOf(route, readings)
    },
    lag: async () => (await (await sync()).status()).lag,
  }
}

function countersOf(route: string, readings: readonly EdgeReading[]): RouteCounters | undefined {
  if (!readings.every(({ status }) => status.routes.some((each) => each.route === route))) return undefined
  const tallies = readings.flatMap(({ tally }) => tally.routes.filter((each) => each.route === route))
  const [first, ...rest] = tallies
  return {
    since: readings.map(({ status, tally }) => `${status.startedAt} ${tally.since}`).join(', '),
    tally: first === undefined ? undefined : rest.reduce(sumOf, first),
    arms: armsOf(route, readings),
  }
}
