import type { RouteDocument, RouteTableDocument, UpstreamDocument } from './document.ts'
import type { Report } from './report.ts'
import { safeMethods } from './route.ts'

/** Policies of upstreams and routes: no time-out twice, checks that end before the next, a fallback that can happen. */
export function checkPolicy(document: RouteTableDocument, report: Report): void {
  for (const upstream of document.upstreams?.values() ?? []) {
    checkTimeouts(upstream, report)
    checkHealth(upstream, report)
  }
  for (const route of document.routes?.value ?? []) checkFallback(route, report)
}

function checkTimeouts({ timeout, timeouts }: UpstreamDocument, report: Report): void {
  if (timeout === undefined || timeouts?.header === undefined) return
  report.at(timeout.node, 'it says the same as "timeouts.header", which is given too. Keep one.')
}

function checkHealth({ health }: UpstreamDocument, report: Report): void {
  if (health?.timeout === undefined || health.timeout.value <= (health.every?.value ?? 5_000)) return
  report.at(health.timeout.node, 'a check would still run when the next begins. Make it at most "every" (default 5s).')
}

function checkFallback(route: RouteDocument, report: Report): void {
  const { fallback, match, node } = route
  if (fallback === undefined) return
  if (node.has('upstream') && !node.has('capability')) {
    report.at(fallback.node, 'a route to a plain upstream has no arms. Allowed only with "capability".')
    return
  }
  const methods = match?.methods?.value ?? []
  if (methods.length === 0 || methods.some(({ value }) => safeMethods.has(value))) return
  report.at(fallback.node, 'none of the methods ever falls back: only GET, HEAD and OPTIONS do. Leave it out.')
}
