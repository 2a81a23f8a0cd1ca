import type { Production } from './comparison.ts'
import type { Coverage } from './report.ts'

const mostListed = 200

/** What was compared, by route: statuses and shapes, with their counts. */
export type ComparedClasses = ReadonlyMap<
  string,
  { readonly statuses: ReadonlySet<number>; readonly shapes: ReadonlySet<string> }
>

type Lacking = Coverage['lacking'][number]

/** What production shows and the compared exchanges lack, the most frequent first: at most 200 of them. */
export function coverageOf(production: Production, compared: ComparedClasses): Coverage {
  const lacking = new Map<string, Lacking>()
  let seen = 0
  for (const { route, status, shape, count } of production.classes) {
    seen += count
    const what = lackOf(compared, { route, status, shape })
    if (what === undefined) continue
    const key = JSON.stringify([route, what])
    lacking.set(key, { route, ...what, count: (lacking.get(key)?.count ?? 0) + count })
  }
  const ordered = [...lacking.values()].sort((a, b) => b.count - a.count)
  return { source: production.source, seen, lacking: ordered.slice(0, mostListed) }
}

/** A route that lacks altogether is one gap, not one for each of its statuses. */
function lackOf(
  compared: ComparedClasses,
  {
    route,
    status,
    shape,
  }: { readonly route: string; readonly status: number | undefined; readonly shape: string | undefined },
): Pick<Lacking, 'what' | 'value'> | undefined {
  const known = compared.get(route)
  if (known === undefined) return { what: 'route', value: route }
  if (status !== undefined && !known.statuses.has(status)) return { what: 'status', value: String(status) }
  if (shape !== undefined && !known.shapes.has(shape)) return { what: 'shape', value: shape }
  return undefined
}
