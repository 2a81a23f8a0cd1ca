import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EdgeStatus, RouteStatus } from './admin-api.ts'

/** So many routes are written before requests get their turn. */
const perTurn = 100

/** A status whose routes are read one by one, for of ten thousand each has its histograms. */
export interface StatusInParts {
  readonly about: Omit<EdgeStatus, 'routes'>
  readonly routes: Iterable<RouteStatus>
}

/** An `EdgeStatus` as JSON, in parts, so that ten thousand routes do not hold up requests. */
export async function* statusText({ about, routes }: StatusInParts): AsyncIterable<string> {
  let part = `${JSON.stringify(about).slice(0, -1)},"routes":[`
  let written = 0
  for (const route of routes) {
    part += `${written === 0 ? '' : ','}${JSON.stringify(route)}`
    written += 1
    if (written % perTurn !== 0) continue
    yield part
    part = ''
    await nextTurn()
  }
  yield `${part}]}\n`
}
