import type { Json } from '../../base/index.ts'
import { type Answer, headerMap } from '../answer/answer.ts'
import { compareReplayed } from '../compare-replayed.ts'
import { buildComparison } from './build-comparison.ts'
import type { ComparedExchange, ComparisonEnd, ComparisonOptions } from './comparison.ts'

/** How a run over two made-up arms is given. */
export interface Run {
  readonly exchanges: number
  readonly route?: string
  /** What an arm answers to the n-th exchange; a status with a body, or a body alone. */
  readonly legacy: (exchange: number) => Json
  readonly service: (exchange: number) => Json
  /** Which exchanges are asked twice before anybody knows how they compare. Default: none. */
  readonly twice?: (exchange: number) => boolean
  /** Only those that mismatch are asked twice. Default: false. */
  readonly twiceWhenMismatched?: boolean
  readonly change?: (compared: ComparedExchange, exchange: number) => ComparedExchange
  readonly rules?: ComparedExchange['rules']
  readonly options?: ComparisonOptions
}

const nothing: ComparisonEnd = {
  exchanges: { read: 0, sent: 0, skipped: {}, malformed: 0, malformedLines: [], dropped: 0 },
  interrupted: false,
}

/** An answer with a JSON body. */
export function jsonAnswer(body: Json, status = 200): Answer {
  const headers = headerMap([['content-type', 'application/json']])
  return { status, headers, body: Buffer.from(JSON.stringify(body)), truncated: false }
}

/** Compares what two made-up arms answer, as a replay would. */
export async function compareRuns(runs: readonly Run[], end: Partial<ComparisonEnd> = {}) {
  const comparison = buildComparison({ ...runs[0]?.options })
  for (const run of runs) {
    for (let exchange = 0; exchange < run.exchanges; exchange++) comparison.add(comparedOf(run, exchange))
  }
  return comparison.finish({ ...nothing, ...end })
}

function comparedOf(run: Run, exchange: number): ComparedExchange {
  const { route = 'users.read', rules = noRules } = run
  const answers = { legacy: jsonAnswer(run.legacy(exchange)), service: jsonAnswer(run.service(exchange)) }
  const verdict = compareReplayed({ status: 200 }, answers, { rules })
  const mismatched = run.twiceWhenMismatched === true && verdict.kind === 'mismatch'
  const why = run.twice?.(exchange) === true ? 'drawn' : mismatched ? 'mismatched' : undefined
  const compared: ComparedExchange = {
    ...{
      route,
      capability: 'users',
      exchange: `${route}-${String(exchange).padStart(6, '0')}`,
      rules,
      verdict,
      answers,
    },
    at: new Date(Date.UTC(2026, 0, 1) + exchange * 1000).toISOString(),
    ...{ request: `GET /api/customers/${exchange}`, parameters: [], tookMs: { legacy: 2, service: 3 } },
    legacyAgain: why === undefined ? undefined : { answer: jsonAnswer(run.legacy(exchange)), why },
  }
  return run.change?.(compared, exchange) ?? compared
}

const noRules: ComparedExchange['rules'] = []
