import type { RouteDocument, RouteTableDocument } from './document.ts'
import type { Report } from './report.ts'

/** A route must take what no other takes, and send it to the monolith: first in, last out. */
export function checkCatchAll(document: RouteTableDocument, report: Report): void {
  if (document.routes === undefined || document.routes.value.length === 0) return
  const catchAll = document.routes.value.find(takesAll)
  if (catchAll === undefined) {
    const route = `{ name: everything-else, match: { path: /* }, upstream: ${declaredMonolith(document)} }`
    report.at(document.routes.node, `no route takes all that the others do not. Add ${route}.`)
    return
  }
  if (catchAll.capability !== undefined) {
    report.at(catchAll.capability.node, 'the catch-all goes to a capability. Allowed: the upstream of the monolith.')
  }
  checkMonolith(catchAll, document, report)
}

function checkMonolith(catchAll: RouteDocument, document: RouteTableDocument, report: Report): void {
  const monoliths = monolithsOf(document)
  const { upstream } = catchAll
  if (upstream === undefined || monoliths.length === 0 || monoliths.includes(upstream.value)) return
  // A name that is not declared was reported where it stands; what the monolith is, is not known then.
  if ([upstream.value, ...monoliths].some((name) => !document.upstreams?.has(name))) return
  const allowed = `Allowed: ${monoliths.join(', ')}, the legacy arm of a capability.`
  report.at(upstream.node, `the catch-all goes to "${upstream.value}", which is not the monolith. ${allowed}`)
}

function takesAll({ match, node }: RouteDocument): boolean {
  if (match === undefined) return !node.has('match')
  const onlyPath = match.node.items.length === (match.node.has('path') ? 1 : 0)
  return (
    onlyPath && (match.path === undefined ? !match.node.has('path') : match.path.value.segments[0]?.kind === 'rest')
  )
}

function declaredMonolith(document: RouteTableDocument): string {
  const { upstreams } = document
  const declared = monolithsOf(document).find((name) => upstreams?.has(name))
  return declared ?? [...(upstreams?.keys() ?? [])][0] ?? 'monolith'
}

function monolithsOf(document: RouteTableDocument): readonly string[] {
  const legacy = [...(document.capabilities?.values() ?? [])].map((capability) => capability.legacy?.value)
  return [...new Set(legacy)].filter((name) => name !== undefined)
}
