import { formatPath, type PathStep } from '../body/path.ts'

/** A difference that people have accepted, with their reason. It silences exactly the path that it says. */
export interface AcceptedRule {
  /** `$.lastSeenAt`, `$.items[*].id` (any index), `$["odd key"]`, `header:cache-control`, `status`. */
  readonly path: string
  readonly reason: string
}

/** Whether some rule names a path. */
export type Accepts = (path: string) => boolean

const acceptsNothing: Accepts = () => false
const compiled = new WeakMap<readonly AcceptedRule[], Accepts>()

/**
 * Compiles rules once per list: `[*]` stands for one index and nothing else, and a path is matched whole, so
 * `$.items[*].id` never silences `$.items[*].idempotencyKey` nor `$.items[*].id.prefix`.
 */
export function compileRules(rules: readonly AcceptedRule[]): Accepts {
  if (rules.length === 0) return acceptsNothing
  const known = compiled.get(rules)
  if (known !== undefined) return known
  const patterns = rules.map((rule) => new RegExp(`^${patternOf(rule.path.trim())}$`))
  const accepts: Accepts = (path) => patterns.some((pattern) => pattern.test(path))
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
