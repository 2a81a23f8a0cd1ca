import { anyIndex, type PathStep, parseJsonPath } from '../../base/index.ts'
import type { CompareRule } from './rule.ts'

/** The rules of one list, ready to be followed beside a walk. */
export interface CompiledRules {
  /** Where the body begins; undefined when no rule is about the body. */
  readonly body: RuleNode | undefined
  /** By `status` or `header:name`. */
  readonly beside: ReadonlyMap<string, CompareRule>
  /** Whether some rule says that values are ids: then equal bytes may still be a conflict. */
  readonly ids: boolean
}

/** The rules at one place of a body, and the way further down. */
export interface RuleNode {
  readonly ignore: CompareRule | undefined
  /** `set` or `keyed`. */
  readonly array: CompareRule | undefined
  /** `tolerance`, `instant` or `id`. */
  readonly leaf: CompareRule | undefined
  readonly keys: ReadonlyMap<string, RuleNode>
  readonly indexes: ReadonlyMap<number, RuleNode>
  /** Of every index that is not named. */
  readonly items: RuleNode | undefined
}

const compiled = new WeakMap<readonly CompareRule[], CompiledRules>()

/**
 * Compiles rules once per list: `[*]` stands for one index and nothing else, and a path is matched whole, so
 * `$.items[*].id` never silences `$.items[*].idempotencyKey` nor `$.items[*].id.prefix`. Of two rules for one place that
 * do the same, the first counts. A path that is none matches nothing: who reads rules refuses it.
 */
export function compileRules(rules: readonly CompareRule[]): CompiledRules {
  const known = compiled.get(rules)
  if (known !== undefined) return known
  const made = compile(rules)
  compiled.set(rules, made)
  return made
}

/** Where a key of an object leads. */
export function atKey(node: RuleNode | undefined, key: string): RuleNode | undefined {
  return node === undefined ? undefined : node.keys.get(key)
}

/** Where an index of an array leads. */
export function atIndex(node: RuleNode | undefined, index: number): RuleNode | undefined {
  return node === undefined ? undefined : (node.indexes.get(index) ?? node.items)
}

interface Placed {
  readonly rule: CompareRule
  readonly steps: readonly PathStep[]
}

function compile(rules: readonly CompareRule[]): CompiledRules {
  const body: Placed[] = []
  const beside = new Map<string, CompareRule>()
  for (const rule of rules) {
    const path = parseJsonPath(rule.path.trim())
    if (!path.ok) continue
    if (path.of === 'body') body.push({ rule, steps: path.steps })
    else if ('ignore' in rule && !beside.has(path.name)) beside.set(path.name, rule)
  }
  return { body: nodeOf(body, 0), beside, ids: body.some(({ rule }) => 'id' in rule) }
}

/** The node for all rules whose steps up to `depth` were followed; undefined for none. */
function nodeOf(rules: readonly Placed[], depth: number): RuleNode | undefined {
  if (rules.length === 0) return undefined
  const here = rules.filter(({ steps }) => steps.length === depth).map(({ rule }) => rule)
  const below = rules.filter(({ steps }) => steps.length > depth)
  const stepsBelow = new Set(below.map(({ steps }) => steps[depth]))
  const keys = new Map<string, RuleNode>()
  const indexes = new Map<number, RuleNode>()
  for (const step of stepsBelow) {
    // What holds for any index holds for a named one too.
    const next = nodeOf(
      below.filter(({ steps }) => leadsTo(steps[depth], step)),
      depth + 1,
    )
    if (typeof step === 'string' && next !== undefined) keys.set(step, next)
    else if (typeof step === 'number' && next !== undefined) indexes.set(step, next)
  }
  const items = indexes.get(anyIndex)
  indexes.delete(anyIndex)
  return { ...rulesAt(here), keys, indexes, items }
}

function leadsTo(step: PathStep | undefined, wanted: PathStep | undefined): boolean {
  return step === wanted || (step === anyIndex && typeof wanted === 'number')
}

function rulesAt(rules: readonly CompareRule[]): Pick<RuleNode, 'ignore' | 'array' | 'leaf'> {
  return {
    ignore: rules.find((rule) => 'ignore' in rule),
    array: rules.find((rule) => 'set' in rule || 'keyed' in rule),
    leaf: rules.find((rule) => 'tolerance' in rule || 'instantMs' in rule || 'id' in rule),
  }
}
