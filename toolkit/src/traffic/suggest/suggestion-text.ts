import { isNoun, type RouteSuggestion, type SuggestedCapability, type SuggestedTemplate } from './suggest-routes.ts'

/** What a recording cannot tell. */
export interface SuggestionPlace {
  /** Where the legacy application answers, such as `http://localhost:3000`. */
  readonly legacy: string
  /** The admin address of the edge. Default `http://127.0.0.1:8081`. */
  readonly admin?: string | undefined
  /** Where the recording is, for the comment; in one line. */
  readonly source?: string | undefined
}

/** Where the first service would answer; each next one has the next port. */
const firstServicePort = 4101

/**
 * A suggestion as a route table: valid as it is, with everything still served by the legacy application, and with comments
 * that say what was seen.
 */
export function suggestionText(suggestion: RouteSuggestion, place: SuggestionPlace): string {
  const { capabilities } = suggestion
  const admin = place.admin ?? 'http://127.0.0.1:8081'
  const service = ({ name }: SuggestedCapability) => `${name}-service`
  const upstreams = capabilities.map(
    (capability, index) =>
      `  ${service(capability)}: { url: http://127.0.0.1:${firstServicePort + index} } # to be built\n`,
  )
  const names = new Set<string>()
  return [
    heading(suggestion, place.source),
    `version: 1\nedges: [${admin}]\nupstreams:\n  legacy: { url: ${place.legacy} }\n${upstreams.join('')}`,
    capabilities.length === 0 ? '' : `capabilities:\n${capabilities.map(capabilityText).join('')}`,
    `routes:\n${capabilities.map((capability) => routesText(capability, names)).join('')}`,
    `  # ${counted(suggestion.others)} of other paths, ${counted(suggestion.files)} of files of pages.\n`,
    '  - name: everything-else\n    match: { path: /* }\n    upstream: legacy\n',
  ].join('')
}

function heading({ requests }: RouteSuggestion, source: string | undefined): string {
  const from = source === undefined ? '' : ` in ${printable(source)}`
  return `# yaml-language-server: $schema=./route-table.schema.json
#
# Suggested from ${counted(requests)}${from}. Nothing moves by it: the legacy application answers all.
# What is called a capability here only shares a word of its paths. Join, split and rename what does not move as one piece.
#   banyan routes check
#   banyan edge
`
}

function capabilityText({ name, reads, writes, share }: SuggestedCapability): string {
  const advice = writes === 0 ? 'only read: the easiest to begin with' : `${percent(writes / (reads + writes))} writes`
  return `  ${name}: { legacy: legacy, service: ${name}-service, owner: legacy } # ${percent(share)} of all, ${advice}\n`
}

/** Reads have a route for each template; writes have one for all that lies below the word that names the capability. */
function routesText(capability: SuggestedCapability, names: Set<string>): string {
  const reads = capability.templates.filter((template) => template.reads > 0)
  const writes = new Map<string, SuggestedTemplate[]>()
  for (const template of capability.templates.filter((each) => each.writes > 0)) {
    const below = writePath(template.path)
    writes.set(below, [...(writes.get(below) ?? []), template])
  }
  return [
    ...reads.map((template) => readText(capability, template, unique(readName(capability, template), names))),
    ...[...writes].map(([path, templates]) =>
      writeText(capability, { path, templates, name: unique(`${capability.name}.write`, names) }),
    ),
  ].join('')
}

function readText({ name: capability }: SuggestedCapability, template: SuggestedTemplate, name: string): string {
  return `  # ${percent(template.share)} of all: ${counted(template.reads, 'read')}${andWrites(template)}, such as ${printable(template.sample)}
  - name: ${name}
    capability: ${capability}
    match: { methods: [GET, HEAD], path: ${quoted(template.path)} }
    serve: legacy
    shadow: 0% # the share that the service gets too, only to compare
`
}

function writeText(
  { name: capability }: SuggestedCapability,
  { path, templates, name }: { path: string; templates: readonly SuggestedTemplate[]; name: string },
): string {
  const seen = templates.map(
    ({ path, writes, methods }) =>
      `  # ${counted(writes, 'write')}: ${methods.filter((method) => !/^(GET|HEAD|OPTIONS)$/.test(method)).join(', ')} ${path}\n`,
  )
  return `${seen.join('')}  - name: ${name}
    capability: ${capability}
    match: { methods: [POST, PUT, PATCH, DELETE], path: ${quoted(path)} }
    serve: owner # who owns the data answers; banyan cutover moves it
`
}

function andWrites({ writes }: SuggestedTemplate): string {
  return writes === 0 ? '' : `, ${counted(writes, 'write')} (see below)`
}

/** `/api/customers/:id/addresses` is written below `/api/customers`. */
function writePath(path: string): string {
  const segments = path.split('/')
  const noun = segments.findIndex((segment) => isNoun(segment))
  return `${segments.slice(0, noun + 1).join('/')}/*`
}

/** `customers.read` for one of them, `customers.list` for all, `customers.addresses.list` for what lies below. */
function readName({ name }: SuggestedCapability, { path }: SuggestedTemplate): string {
  const words = path.split('/').filter((segment) => isNoun(segment) && segment.toLowerCase() !== name)
  const last = path.split('/').at(-1) ?? ''
  return [name, ...words.slice(0, 3), last.startsWith(':') ? 'read' : 'list'].join('.').slice(0, 90)
}

function unique(name: string, names: Set<string>): string {
  let candidate = name
  for (let number = 2; names.has(candidate); number += 1) candidate = `${name}-${number}`
  names.add(candidate)
  return candidate
}

function quoted(path: string): string {
  return /^[A-Za-z0-9/:_*.-]+$/.test(path) ? path : JSON.stringify(path)
}

function counted(count: number, noun = 'request'): string {
  return `${count.toLocaleString('en-US').replaceAll(',', ' ')} ${noun}${count === 1 ? '' : 's'}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** What was sent must not end the comment that it stands in. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
}
