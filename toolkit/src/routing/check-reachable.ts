import type { RouteDocument, RouteTableDocument } from './document.ts'
import { shapeOf } from './path-pattern.ts'
import type { Report } from './report.ts'

/** No route may stand behind others of the same match that take all its requests: it would never answer. */
export function checkReachable(document: RouteTableDocument, report: Report): void {
  const taken = new Map<string, Map<string, RouteDocument>>()
  for (const route of document.routes?.value ?? []) {
    if (isIncomplete(route)) continue
    const place = placeOf(route)
    const methods = taken.get(place) ?? new Map<string, RouteDocument>()
    taken.set(place, methods)
    const own = methodsOf(route)
    const before = own.map((method) => methods.get(method))
    const blocker = before.every((each) => each !== undefined) ? before[0] : undefined
    if (blocker !== undefined) reportUnreachable(route, blocker, report)
    for (const method of own) if (!methods.has(method)) methods.set(method, route)
  }
}

const everyMethod = '*'

function methodsOf(route: RouteDocument): readonly string[] {
  return route.match?.methods?.value.map((method) => method.value) ?? [everyMethod]
}

function placeOf(route: RouteDocument): string {
  const { match } = route
  const path = match?.path === undefined ? 'rest' : shapeOf(match.path.value.segments)
  const headers = [...(match?.headers ?? [])].map(([name, header]) => [name, header.value]).sort()
  const query = [...(match?.query ?? [])].map(([name, parameter]) => [name, parameter.value]).sort()
  return JSON.stringify([match?.host?.value, path, headers, query])
}

// A part that could not be read was reported already; what is left of the match says too little.
function isIncomplete({ match, node }: RouteDocument): boolean {
  if (match === undefined) return node.has('match')
  const keys = ['host', 'path', 'methods', 'headers', 'query'] as const
  return keys.some((key) => match.node.has(key) && match[key] === undefined)
}

function reportUnreachable(route: RouteDocument, blocker: RouteDocument, report: Report): void {
  const { line } = report.place(blocker.node)
  const name = blocker.name === undefined ? 'the route' : `"${blocker.name.value}"`
  const where = route.match?.node ?? route.node
  report.at(
    where,
    `no request ever comes here: ${name} in line ${line} takes the same ones. Remove one, or match less.`,
  )
}
