import { isScalar } from 'yaml'
import { parseDurationMs, parseJsonPath } from '../base/index.ts'
import { matching, type Parsed, shortened } from './parsed.ts'
import type { Report } from './report.ts'
import type { CompareRule } from './route.ts'
import { parsePercent } from './serve.ts'
import { exactly, members, optional, required, type Shape, text, type Written } from './shape.ts'

const path = text(
  'Allowed: $.name, $.list[0], $.list[*].name, $["odd name"], status, header:NAME or header:set-cookie.NAME.',
  parsePath,
  { description: 'Exactly this path: $.lastSeenAt, $.items[*].id, header:etag.' },
)

const reason = text('Say why the difference is accepted.', matching(/\S/, 'a reason'), { minLength: 1 })

const fieldName = text('Write the name of a field, such as sku.', matching(/^[\s\S]{1,200}$/, 'a name'), {
  description: 'An array whose items belong together by this field; their order does not count.',
})

const tolerance: Shape<Written<number>> = {
  schema: { type: 'number', minimum: 0, description: 'Numbers may be this far apart.' },
  read(node, report) {
    const value = isScalar(node) ? node.value : undefined
    if (isScalar(node) && typeof value === 'number' && value >= 0 && value < Infinity) return { value, node }
    report.at(node, 'it is no tolerance. Allowed: a number from 0 on, such as 0.01.')
    return undefined
  },
}

const instant = text('Allowed: a number with a unit, such as 0ms, 500ms, 1s or 5m.', parseWithin, {
  pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
  description: 'Instants may be this far apart, however they are written.',
})

const until = text('Allowed: a day as YYYY-MM-DD.', parseDay, {
  pattern: '^\\d{4}-\\d\\d-\\d\\d$',
  description: 'The last day on which it holds (UTC); after it the gate fails.',
})

const atMost = text('Allowed: 0% to 100%, in steps of 0.01%.', parsePercent, {
  pattern: '^\\d{1,3}(\\.\\d{1,2})? ?%$',
  description: 'The share of exchanges in which it may hide something; beyond it the gate fails.',
})

const ways = ['ignore', 'set', 'keyed', 'tolerance', 'instant', 'id'] as const

const written = members(
  {
    path: required(path),
    reason: required(reason),
    ignore: optional(exactly(true, { description: 'Any difference at this path.' })),
    set: optional(exactly(true, { description: 'An array whose order does not count.' })),
    keyed: optional(fieldName),
    tolerance: optional(tolerance),
    instant: optional(instant),
    id: optional(exactly(true, { description: 'A value that each arm makes up itself for the same thing.' })),
    until: optional(until),
    'at-most': optional(atMost),
  },
  {
    oneOf: ways.map((way) => ({ required: [way] })),
    description: 'A difference between the arms that people have accepted.',
  },
)

/** A compare rule as it is written, with exactly one way in which it accepts. */
export const compareRule: typeof written = {
  ...written,
  read(node, report) {
    const rule = written.read(node, report)
    if (rule !== undefined) checkWay(rule, report)
    return rule
  },
}

/** A compare rule as it is written; what was wrong is left out. */
export type CompareRuleDocument = NonNullable<ReturnType<typeof compareRule.read>>

/** What a compare rule without problems says. */
export function compileCompareRule(rule: CompareRuleDocument): CompareRule {
  const share = rule['at-most']?.value
  const common = {
    path: rule.path?.value ?? '$',
    reason: rule.reason?.value ?? '',
    ...(rule.until === undefined ? {} : { until: rule.until.value }),
    ...(share === undefined ? {} : { atMostShare: share / 100 }),
  }
  if (rule.set !== undefined) return { ...common, set: true }
  if (rule.keyed !== undefined) return { ...common, keyed: rule.keyed.value }
  if (rule.tolerance !== undefined) return { ...common, tolerance: rule.tolerance.value }
  if (rule.instant !== undefined) return { ...common, instantMs: rule.instant.value }
  return rule.id === undefined ? { ...common, ignore: true } : { ...common, id: true }
}

function checkWay(rule: CompareRuleDocument, report: Report): void {
  const { node } = rule
  const given = ways.filter((way) => node.has(way))
  if (given.length !== 1) {
    const said =
      given.length === 0 ? 'it says nothing of how it accepts' : `both "${given[0]}" and "${given[1]}" are given`
    report.at(node, `${said}. Give one of ${ways.join(', ')}.`)
  } else if (rule.path !== undefined && !rule.path.value.startsWith('$') && given[0] !== 'ignore')
    report.at(node, `"${given[0]}" is about bodies. Beside ${rule.path.value} only "ignore: true" is allowed.`)
}

function parsePath(written: string): Parsed<string> {
  const parsed = parseJsonPath(written)
  if (parsed.ok) return { ok: true, value: written }
  const rest = parsed.at === 0 ? '' : `, from "${shortened(written.slice(parsed.at))}" on`
  return { ok: false, message: `"${shortened(written)}" is not a path${rest}` }
}

function parseWithin(written: string): Parsed<number> {
  const ms = parseDurationMs(written)
  return ms === undefined ? { ok: false, message: `"${shortened(written)}" is no duration` } : { ok: true, value: ms }
}

function parseDay(written: string): Parsed<string> {
  const day = /^\d{4}-\d\d-\d\d$/.test(written) ? new Date(`${written}T00:00:00Z`) : undefined
  if (day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(written))
    return { ok: true, value: written }
  return { ok: false, message: `"${shortened(written)}" is no day` }
}
