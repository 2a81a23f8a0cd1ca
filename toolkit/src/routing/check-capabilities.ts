import type { CapabilityDocument, RouteTableDocument } from './document.ts'
import type { Report } from './report.ts'
import { meant, type Written } from './shape.ts'

/** Upstreams and capabilities: one address form each, known arms, two different ones, no edge as an upstream. */
export function checkCapabilities(document: RouteTableDocument, report: Report): void {
  checkUpstreams(document, report)
  for (const capability of document.capabilities?.values() ?? []) {
    checkUpstreamName(capability.legacy, document, report)
    checkUpstreamName(capability.service, document, report)
    checkArms(capability, report)
    checkDataSync(capability, report)
  }
}

/** Reports a name that is no upstream's. */
export function checkUpstreamName(
  name: Written<string> | undefined,
  document: RouteTableDocument,
  report: Report,
): void {
  if (name === undefined || document.upstreams === undefined || declares(document.upstreams, name.value)) return
  reportUnknown(name, { noun: 'upstream', known: [...document.upstreams.keys()] }, report)
}

/** Reports a name that is not known, with those that are and the nearest. */
export function reportUnknown(
  name: Written<string>,
  place: { readonly noun: string; readonly known: readonly string[] },
  report: Report,
): void {
  const known = place.known.length === 0 ? 'none is declared' : `Declared: ${listed(place.known)}`
  report.at(name.node, `no ${place.noun} "${name.value}". ${known}.${meant(name.value, place.known)}`)
}

function declares(known: ReadonlyMap<string, unknown>, name: string): boolean {
  return known.has(name)
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${first} and ${names.length - 8} more` : first
}

function checkUpstreams(document: RouteTableDocument, report: Report): void {
  const edges = new Set((document.edges?.value ?? []).map((edge) => edge.value.origin))
  for (const upstream of document.upstreams?.values() ?? []) {
    const { node } = upstream
    if (node.has('url') === node.has('urls')) {
      report.at(node, `${node.has('url') ? 'both "url" and "urls" are' : 'no "url" is'} given. Give "url" or "urls".`)
    }
    for (const url of [...(upstream.urls?.value ?? []), ...(upstream.url === undefined ? [] : [upstream.url])]) {
      if (edges.has(url.value.origin))
        report.at(url.node, 'it is the address of an edge: requests would go in a circle.')
    }
  }
}

function checkArms(capability: CapabilityDocument, report: Report): void {
  const { legacy, service } = capability
  if (legacy === undefined || service === undefined || legacy.value !== service.value) return
  report.at(service.node, `"${service.value}" is the legacy arm too. The arms of a capability are two upstreams.`)
}

function checkDataSync({ node }: CapabilityDocument, report: Report): void {
  if (node.has('databases') && !node.has('manifest')) {
    report.at(node, 'data sync needs it beside "databases". Name the capability\'s manifest.', 'manifest')
  }
}
