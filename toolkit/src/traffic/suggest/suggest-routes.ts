import type { Exchange } from '../exchange.ts'
import { buildPathTree, type PathTemplate, type PathTree } from './path-tree.ts'
import { isFile } from './segment-kind.ts'

/** Templates that fewer than this share of all requests take stay with the catch-all. */
const leastShare = 0.002
const maxTemplates = 60

/** What a recording says about routes: candidates for capabilities, the most used first. */
export interface RouteSuggestion {
  /** Exchanges that were looked at. */
  readonly requests: number
  /** Requests of styles, scripts and pictures, which stay with the legacy application. */
  readonly files: number
  readonly capabilities: readonly SuggestedCapability[]
  /** Requests of paths that are too rare for a route of their own, or of no capability, such as `/`. */
  readonly others: number
}

/** What could move as one piece. */
export interface SuggestedCapability {
  readonly name: string
  readonly reads: number
  readonly writes: number
  /** Of all requests, 0 to 1. */
  readonly share: number
  readonly templates: readonly SuggestedTemplate[]
}

/** A path template as a route table writes it. */
export interface SuggestedTemplate {
  /** `/api/customers/:id`. */
  readonly path: string
  readonly reads: number
  readonly writes: number
  readonly share: number
  /** Seen, the most frequent first. */
  readonly methods: readonly string[]
  /** One target that was seen, redacted as the recording is. */
  readonly sample: string
}

/**
 * Proposes path templates and capabilities from what a recording shows. Ids are told from words by their form, and by how
 * many different segments stand in one place; memory is bounded by the kinds of paths, not by the requests.
 *
 * @example
 * const suggestion = await suggestRoutes(readRecording('traffic.ndjson'))
 */
export async function suggestRoutes(exchanges: AsyncIterable<Exchange>): Promise<RouteSuggestion> {
  const tree = buildPathTree()
  const [requests, files] = await grow(tree, exchanges)
  const byName = new Map<string, PathTemplate[]>()
  for (const template of tree.templates()) {
    const name = capabilityOf(template)
    if (name === undefined || usesOf(template) < requests * leastShare) continue
    byName.set(name, [...(byName.get(name) ?? []), template])
  }
  const all = [...byName].map(([name, templates]) => suggested(name, templates, requests)).sort(byShare)
  const capabilities = bounded(all)
  const named = capabilities.reduce((sum, { reads, writes }) => sum + reads + writes, 0)
  return { requests, files, capabilities, others: requests - files - named }
}

async function grow(tree: PathTree, exchanges: AsyncIterable<Exchange>): Promise<readonly [number, number]> {
  let requests = 0
  let files = 0
  for await (const { request } of exchanges) {
    requests += 1
    const path = request.target.split('?', 1)[0] ?? ''
    if (isFile(path)) files += 1
    else if (isPlain(path)) tree.add({ method: request.method, target: request.target })
  }
  return [requests, files]
}

/** Paths that an edge refuses have no route. */
function isPlain(path: string): boolean {
  return path.startsWith('/') && !path.includes('//') && !/\/\.\.?(\/|$)/.test(path)
}

function bounded(capabilities: readonly SuggestedCapability[]): readonly SuggestedCapability[] {
  let templates = 0
  return capabilities.filter((capability) => {
    templates += capability.templates.length
    return templates <= maxTemplates
  })
}

/** The first word of a path that is no prefix of an API: `/api/v2/customers/7` is about customers. */
function capabilityOf({ segments }: PathTemplate): string | undefined {
  return segments.find((segment) => segment !== undefined && isNoun(segment))?.toLowerCase()
}

/** Whether a segment says what a path is about: `customers` does, `api` and `v2` do not. */
export function isNoun(segment: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(segment) && !/^(api|rest|rpc|v\d+|public|internal)$/i.test(segment)
}

function suggested(name: string, templates: readonly PathTemplate[], requests: number): SuggestedCapability {
  const sum = (count: (template: PathTemplate) => number) => templates.reduce((all, each) => all + count(each), 0)
  const paths = templates.map((template): SuggestedTemplate => {
    const { reads, writes, methods, sample } = template
    return { path: pathOf(template), reads, writes, share: usesOf(template) / requests, methods, sample }
  })
  const [reads, writes] = [sum((each) => each.reads), sum((each) => each.writes)]
  return { name, reads, writes, share: (reads + writes) / requests, templates: paths.sort(byShare) }
}

function usesOf({ reads, writes }: PathTemplate): number {
  return reads + writes
}

function byShare(a: { readonly share: number }, b: { readonly share: number }): number {
  return b.share - a.share
}

/** One parameter is `:id`; several are called after the words before them. */
function pathOf({ segments }: PathTemplate): string {
  const several = segments.filter((segment) => segment === undefined).length > 1
  const taken = new Set<string>()
  const written = segments.map((segment, index) => {
    if (segment !== undefined) return segment
    const base = several ? parameterName(segments[index - 1]) : 'id'
    const name = taken.has(base) ? `${base}${index}` : base
    taken.add(name)
    return `:${name}`
  })
  return `/${written.join('/')}`
}

function parameterName(before: string | undefined): string {
  const word = before?.match(/^[A-Za-z][A-Za-z0-9]*$/)?.[0]
  return word === undefined ? 'id' : `${singular(word)}Id`
}

/** Good enough for a name that people will change. */
function singular(word: string): string {
  return word
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/(?<!s)s$/, '')
}
