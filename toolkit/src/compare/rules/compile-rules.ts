import { formatPath, type PathStep } from '../body/path.ts'
import type { CompareRule } from './rule.ts'

/** The rule that accepts a difference at a path; undefined when none does. */
export type Accepts = (path: string) => CompareRule | undefined

const acceptsNothing: Accepts = () => undefined
const compiled = new WeakMap<readonly CompareRule[], Accepts>()

/**
 * Compiles rules once per list: `[*]` stands for one index and nothing else, and a path is matched whole, so
 * `$.items[*].id` never silences `$.items[*].idempotencyKey` nor `$.items[*].id.prefix`.
 */
export function compileRules(rules: readonly CompareRule[]): Accepts {
  if (rules.length === 0) return acceptsNothing
  const known = compiled.get(rules)
  if (known !== undefined) return known
  const patterns = rules
    .filter((rule) => 'ignore' in rule)
    .map((rule) => ({ rule, pattern: new RegExp(`^${patternOf(rule.path.trim())}$`) }))
  const accepts: Accepts = (path) => patterns.find(({ pattern }) => pattern.test(path))?.rule
  compiled.set(rules, accepts)
  return accepts
}

function patternOf(path: string): string {
  if (!path.startsWith('$')) return quote(path.toLowerCase())
  return path
    .split('[*]')
    .map((part, index) => quote(index === 0 ? canonical(part) : canonical(`$${part}`).slice(1)))
    .join('\\[\\d+\\]')
}

/** Brings `$['a']` and `$.a` to one form; what is no path stays as it is and matches nothing. */
function canonical(path: string): string {
  const steps: PathStep[] = []
  let rest = path.slice(1)
  while (rest !== '') {
    const found = /^\.([^.[\]]+)|^\[(\d+)\]|^\["((?:[^"\\]|\\.)*)"\]|^\['([^']*)'\]/.exec(rest)
    if (found === null) return path
    const [whole, key, index, quoted, single] = found
    steps.push(index === undefined ? (key ?? single ?? unquote(quoted ?? '')) : Number(index))
    rest = rest.slice(whole.length)
  }
  return formatPath(steps)
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
