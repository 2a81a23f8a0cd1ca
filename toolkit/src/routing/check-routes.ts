import { checkUpstreamName, reportUnknown } from './check-capabilities.ts'
import type { CapabilityDocument, RouteDocument, RouteTableDocument } from './document.ts'
import type { Report } from './report.ts'
import { safeMethods } from './route.ts'
import { mentions } from './shape.ts'

/** Each route by itself: a name of its own, one known target, and knobs that its target and methods allow. */
export function checkRoutes(document: RouteTableDocument, report: Report): void {
  checkNames(document, report)
  for (const route of document.routes?.value ?? []) {
    checkTarget(route, document, report)
    checkKnobs(route, report)
    const capability = route.capability && document.capabilities?.get(route.capability.value)
    if (capability === undefined) continue
    checkWrites(route, capability, report)
    checkShadowWrites(route, { document, capability }, report)
  }
}

function checkNames(document: RouteTableDocument, report: Report): void {
  const first = new Map<string, RouteDocument>()
  for (const route of document.routes?.value ?? []) {
    if (route.name === undefined) continue
    const before = first.get(route.name.value)
    if (before === undefined) first.set(route.name.value, route)
    else {
      const { line } = report.place(before.node)
      report.at(
        route.name.node,
        `the name "${route.name.value}" is taken by the route in line ${line}. Names are unique.`,
      )
    }
  }
}

const targetKeys = ['capability', 'upstream'] as const

function checkTarget(route: RouteDocument, document: RouteTableDocument, report: Report): void {
  const { node } = route
  const given = targetKeys.filter((key) => node.has(key))
  if (given.length > 1) report.at(node, 'both "capability" and "upstream" are given. A route goes to one of them.')
  // What was perhaps meant is looked for only where nothing is given: it costs more than all else of a route.
  if (given.length === 0 && !targetKeys.some((key) => mentions(node, key)))
    report.at(node, 'it goes nowhere. Give "capability" or "upstream".')
  checkUpstreamName(route.upstream, document, report)
  if (route.capability === undefined || document.capabilities?.has(route.capability.value)) return
  reportUnknown(route.capability, { noun: 'capability', known: [...(document.capabilities?.keys() ?? [])] }, report)
}

function checkKnobs(route: RouteDocument, report: Report): void {
  if (route.node.has('upstream') && !route.node.has('capability')) {
    const plain = 'a route to a plain upstream has no arms. Allowed only with "capability".'
    for (const knob of [route.serve, route.shadow, route['shadow-writes']])
      if (knob !== undefined) report.at(knob.node, plain)
    return
  }
  const methods = route.match?.methods?.value ?? []
  if (!route.shadow?.value || methods.length === 0 || methods.some((method) => safeMethods.has(method.value))) return
  if (route.node.has('shadow-writes')) return
  report.at(route.shadow.node, 'none of the methods is ever shadowed: only GET, HEAD and OPTIONS are. Leave it out.')
}

/** The other arm really executes what it gets, so it must be meant, and must not reach the same data. */
function checkShadowWrites(
  route: RouteDocument,
  { document, capability }: { readonly document: RouteTableDocument; readonly capability: CapabilityDocument },
  report: Report,
): void {
  const { node } = route['shadow-writes'] ?? {}
  if (node === undefined) return
  const methods = route.match?.methods?.value ?? []
  if (!route.node.has('shadow')) report.at(node, 'no share is given of what is shadowed. Give "shadow" beside it.')
  if (methods.length > 0 && methods.every((method) => safeMethods.has(method.value)))
    report.at(node, 'none of the methods writes. Leave it out.')
  if (capability.node.has('manifest'))
    report.at(node, 'data sync brings each write to the other arm already: it would be written twice. Leave it out.')
  const shared = sharedOrigin(capability, document)
  if (shared !== undefined)
    report.at(node, `both arms answer at ${shared}: it would execute each write twice. Leave it out.`)
}

function sharedOrigin({ legacy, service }: CapabilityDocument, { upstreams }: RouteTableDocument): string | undefined {
  const [first, second] = [legacy, service].map((arm) => {
    const upstream = arm && upstreams?.get(arm.value)
    return [...(upstream?.urls?.value ?? []), ...(upstream?.url === undefined ? [] : [upstream.url])]
  })
  const origins = new Set(first?.map(({ value }) => value.origin))
  return second?.find(({ value }) => origins.has(value.origin))?.value.origin
}

function checkWrites(route: RouteDocument, capability: CapabilityDocument, report: Report): void {
  if (!capability.node.has('manifest') || !capability.node.has('databases')) return
  if (route.serve?.value.kind === 'owner' || (route.serve === undefined && route.node.has('serve'))) return
  const methods = route.match?.methods?.value.map((method) => method.value)
  const unsafe = methods?.filter((method) => !safeMethods.has(method))
  if (unsafe?.length === 0) return
  const what = unsafe === undefined ? 'it takes every method, also those that write' : `${unsafe.join(', ')} may write`
  const advice = 'Allowed: serve: owner, for data that is synced has one writer; reads belong in a route of their own.'
  report.at(route.serve?.node ?? route.node, `${what}. ${advice}`, route.serve === undefined ? 'serve' : undefined)
}
