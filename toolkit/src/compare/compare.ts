import { createHash } from 'node:crypto'
import type { Answer } from './answer/answer.ts'
import { compareHeaders } from './answer/headers.ts'
import { compareBodies } from './body/body.ts'
import { excerptOf } from './body/describe-bytes.ts'
import { addFinding, type Findings, noFindings, verdictOf } from './body/findings.ts'
import { firstDifference } from './body/shorten.ts'
import type { IdPairs } from './ids.ts'
import { type CompiledRules, compileRules } from './rules/compile-rules.ts'
import type { CompareRule } from './rules/rule.ts'
import type { Verdict } from './verdict.ts'

/** What counts as equal. */
export interface CompareOptions {
  /** Give the same list for the same route: it is compiled once per list. */
  readonly rules: readonly CompareRule[]
  /** Ids that both arms gave to the same thing: equal under them is equal. Default: none are known. */
  readonly ids?: IdPairs | undefined
  /** Base URLs of the arms: a `location` header that names one of them is compared from its path on. Default: none. */
  readonly origins?: readonly string[] | undefined
}

/**
 * Compares the answers of both arms to the same request: status, the headers that matter to a client, and the body.
 * Never throws: what the comparer cannot do is `not-comparable`, so that it cannot hurt who calls it.
 *
 * @example
 * compareAnswers(legacy, service, {
 *   rules: [{ path: '$.lastSeenAt', ignore: true, reason: 'written by page views, not owned' }],
 * })
 */
export function compareAnswers(legacy: Answer, service: Answer, options: CompareOptions): Verdict {
  try {
    return compare(legacy, service, options)
  } catch {
    // The verdict says it and the tally counts it; a broken comparer must not break the traffic that it watches.
    return { kind: 'not-comparable', why: 'comparer-failed' }
  }
}

function compare(legacy: Answer, service: Answer, options: CompareOptions): Verdict {
  const cut = legacy.truncated || service.truncated
  if (cut && (digestOf(legacy) === undefined || digestOf(service) === undefined))
    return { kind: 'not-comparable', why: 'truncated' }
  const rules = compileRules(options.rules)
  const findings = noFindings()
  if (!comparesOn(legacy, service, { findings, rules })) return verdictOf(findings)
  const { ids, origins = [] } = options
  compareHeaders(legacy, service, { findings, rules, ids, origins })
  if (cut) compareDigests(legacy, service, { findings, rules })
  else if (!legacy.body.equals(service.body) || (rules.ids && ids !== undefined))
    compareBodies(legacy, service, { findings, rule: rules.body, ids })
  return verdictOf(findings)
}

interface Collecting {
  readonly findings: Findings
  readonly rules: CompiledRules
}

/** A status that nobody accepted explains whatever else differs: then the rest is not compared. */
function comparesOn(legacy: Answer, service: Answer, { findings, rules }: Collecting): boolean {
  if (legacy.status === service.status) return true
  const accepted = rules.beside.get('status')
  addFinding(findings, { kind: 'status', path: 'status', legacy: legacy.status, service: service.status }, accepted)
  return accepted !== undefined
}

/** Bodies larger than what is kept: all of each went through a digest. */
function compareDigests(legacy: Answer, service: Answer, { findings, rules }: Collecting): void {
  const [a, b] = [digestOf(legacy), digestOf(service)]
  if (a === b) return
  const at = firstDifference(legacy.body, service.body)
  const found = { legacy: `${excerptOf(legacy.body, at)} (${a})`, service: `${excerptOf(service.body, at)} (${b})` }
  addFinding(findings, { kind: 'value', path: '$', ...found }, rules.body?.ignore)
}

function digestOf({ body, digest, truncated }: Answer): string | undefined {
  if (digest !== undefined || truncated) return digest
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
