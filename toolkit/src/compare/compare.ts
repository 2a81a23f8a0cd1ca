import type { Answer } from './answer/answer.ts'
import { compareHeaders } from './answer/headers.ts'
import { compareBodies } from './body/body.ts'
import { buildFindings } from './body/findings.ts'
import type { IdPairs } from './ids.ts'
import { compileRules } from './rules/compile-rules.ts'
import type { CompareRule } from './rules/rule.ts'
import type { Verdict } from './verdict.ts'

/** What counts as equal. */
export interface CompareOptions {
  /** Give the same list for the same route: it is compiled once per list. */
  readonly rules: readonly CompareRule[]
  /** Ids that both arms gave to the same thing; default: none are known. */
  readonly ids?: IdPairs | undefined
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
  if (legacy.truncated || service.truncated) return { kind: 'not-comparable', why: 'truncated' }
  try {
    return compare(legacy, service, options)
  } catch {
    // The verdict says it and the tally counts it; a broken comparer must not break the traffic that it watches.
    return { kind: 'not-comparable', why: 'comparer-failed' }
  }
}

/** A status that nobody accepted explains whatever else differs: then the bodies are not compared. */
function compare(legacy: Answer, service: Answer, options: CompareOptions): Verdict {
  const accepts = compileRules(options.rules)
  const findings = buildFindings(accepts)
  if (legacy.status !== service.status) {
    findings.add('status', 'status', { legacy: legacy.status, service: service.status })
    if (accepts('status') === undefined) return findings.verdict()
  }
  compareHeaders(legacy, service, findings)
  compareBodies(legacy, service, findings)
  return findings.verdict()
}

/**
 * Compares the answers of both arms to a replayed request. When both refuse (401, 403, 404) what the recording saw
 * succeed, or both refuse the caller (401, 403) whom it saw let in, they agree on nothing but missing credentials or
 * data: `both-refused`.
 */
export function compareReplayed(
  recordedStatus: number,
  answers: { readonly legacy: Answer; readonly service: Answer },
  options: CompareOptions,
): Verdict {
  const { legacy, service } = answers
  const refused = (status: number) => refusesCaller(recordedStatus, status) || lost(recordedStatus, status)
  if (refused(legacy.status) && refused(service.status)) return { kind: 'not-comparable', why: 'both-refused' }
  return compareAnswers(legacy, service, options)
}

/** Whether an arm refuses the caller (401, 403) whom the recording saw let in. */
export function refusesCaller(recordedStatus: number, status: number): boolean {
  return isRefusal(status) && !isRefusal(recordedStatus)
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403
}

function lost(recordedStatus: number, status: number): boolean {
  return status === 404 && recordedStatus >= 200 && recordedStatus < 400
}
