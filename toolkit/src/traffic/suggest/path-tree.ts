import { looksLikeAnId } from './segment-kind.ts'

/** More kinds of things than this below one path are no kinds, but things. */
const maxLiterals = 20
/** Fewer may be things too, when each was hardly seen. */
const fewLiterals = 8
const hardlySeen = 3
/** More nodes than this are not kept apart: a recording must not fill the memory. */
const maxNodes = 20_000

/** What was asked at one path template. */
export interface PathUse {
  readonly reads: number
  readonly writes: number
  /** Most frequent first. */
  readonly methods: readonly string[]
  /** One of its targets. */
  readonly sample: string
}

/** A path template: segments as they are, undefined where they differ from request to request. */
export interface PathTemplate extends PathUse {
  readonly segments: readonly (string | undefined)[]
}

/** One request, as far as templates are concerned. */
export interface PathSeen {
  readonly method: string
  readonly target: string
}

interface Node {
  readonly literals: Map<string, Node>
  parameter: Node | undefined
  readonly methods: Map<string, number>
  sample: string
}

/** Finds the templates of many paths in bounded memory. */
export interface PathTree {
  add(seen: PathSeen): void
  templates(): readonly PathTemplate[]
}

/** Starts with no paths. */
export function buildPathTree(): PathTree {
  const root = newNode()
  let nodes = 0
  const below = (node: Node, segment: string): Node => {
    const known = node.literals.get(segment)
    if (known !== undefined) return known
    if (looksLikeAnId(segment) || nodes >= maxNodes) {
      node.parameter ??= newNode()
      return node.parameter
    }
    nodes += 1
    const made = newNode()
    node.literals.set(segment, made)
    return made
  }
  return {
    add: ({ method, target }) => {
      const path = target.split('?', 1)[0] ?? ''
      const node = path.slice(1).split('/').reduce(below, root)
      node.methods.set(method, (node.methods.get(method) ?? 0) + 1)
      if (node.sample === '') node.sample = target
    },
    templates: () => templatesOf(root, []),
  }
}

function newNode(): Node {
  return { literals: new Map(), parameter: undefined, methods: new Map(), sample: '' }
}

function* walked(node: Node, segments: readonly (string | undefined)[]): Generator<PathTemplate> {
  const { literals, parameter } = gathered(node, segments.length === 0)
  if (node.methods.size > 0) yield { segments, ...useOf(node) }
  for (const [segment, child] of literals) yield* walked(child, [...segments, segment])
  if (parameter !== undefined) yield* walked(parameter, [...segments, undefined])
}

function templatesOf(root: Node, segments: readonly (string | undefined)[]): readonly PathTemplate[] {
  return [...walked(root, segments)]
}

/** Literals that turn out to be things become one parameter. The first segments of all paths are kinds, however many. */
function gathered(node: Node, isRoot: boolean): Pick<Node, 'literals' | 'parameter'> {
  const children = [...node.literals.values()]
  const rare = children.filter((child) => seenIn(child) <= hardlySeen).length
  const things = children.length > maxLiterals || (children.length > fewLiterals && rare * 2 > children.length)
  if (isRoot || !things) return node
  const all = node.parameter === undefined ? children : [node.parameter, ...children]
  return { literals: new Map(), parameter: all.reduce((sum, child) => merged(sum, child), newNode()) }
}

function merged(into: Node, from: Node): Node {
  for (const [method, count] of from.methods) into.methods.set(method, (into.methods.get(method) ?? 0) + count)
  if (into.sample === '') into.sample = from.sample
  for (const [segment, child] of from.literals) {
    into.literals.set(segment, merged(into.literals.get(segment) ?? newNode(), child))
  }
  if (from.parameter !== undefined) into.parameter = merged(into.parameter ?? newNode(), from.parameter)
  return into
}

function seenIn(node: Node): number {
  const own = [...node.methods.values()].reduce((sum, count) => sum + count, 0)
  const children = [...node.literals.values(), ...(node.parameter === undefined ? [] : [node.parameter])]
  return children.reduce((sum, child) => sum + seenIn(child), own)
}

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

function useOf({ methods, sample }: Node): PathUse {
  const counts = [...methods].sort(([, a], [, b]) => b - a)
  const sum = (wanted: boolean) =>
    counts.filter(([method]) => safe.has(method) === wanted).reduce((all, [, count]) => all + count, 0)
  return { reads: sum(true), writes: sum(false), methods: counts.map(([method]) => method), sample }
}
