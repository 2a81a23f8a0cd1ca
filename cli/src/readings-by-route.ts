import type { EdgeReading } from './edge-readings.ts'

/** What each edge says of one route alone: looked up, for ten thousand times ten thousand routes would take a minute. */
export function readingsByRoute(readings: readonly EdgeReading[]): (route: string) => readonly EdgeReading[] {
  const lookups = readings.map((reading) => ({
    reading,
    routes: groupedByRoute(reading.status.routes),
    shadows: groupedByRoute(reading.status.shadows),
    tallies: groupedByRoute(reading.tally.routes),
  }))
  return (route) =>
    lookups.map(({ reading: { url, status, tally }, routes, shadows, tallies }) => ({
      url,
      status: { ...status, routes: routes.get(route) ?? [], shadows: shadows.get(route) ?? [] },
      tally: { ...tally, routes: tallies.get(route) ?? [] },
    }))
}

function groupedByRoute<Each extends { readonly route: string }>(all: readonly Each[]): ReadonlyMap<string, Each[]> {
  const groups = new Map<string, Each[]>()
  for (const each of all) {
    const group = groups.get(each.route)
    if (group === undefined) groups.set(each.route, [each])
    else group.push(each)
  }
  return groups
}
