import type { Clock } from '../../base/index.ts'
import { buildTally, type RouteTally, type Verdict } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import { buildLatency, type Latency, type LatencySummary } from './latency.ts'
import type { ArmAnswer } from './replay-arm.ts'
import type { SkipReason } from './replay-request.ts'

/** The arms that were asked, by name. */
export type ByArm<Value> = { readonly legacy?: Value; readonly service?: Value }

/** What replaying gave for one route. */
export interface ReplayedRoute {
  readonly route: string
  /** What was compared, with its denominator; sample values are redacted. */
  readonly tally: RouteTally
  readonly latency: ByArm<LatencySummary>
}

/** What a replay did. */
export interface ReplayResult {
  /** What stands on the two sides of each difference: `legacy` or `recorded`, against `service` or `legacy`. */
  readonly sides: readonly [string, string]
  /** Exchanges read = sent + all that was skipped (+ what an interruption left). */
  readonly exchanges: number
  readonly sent: number
  readonly skipped: Readonly<Record<SkipReason, number>>
  readonly routes: readonly ReplayedRoute[]
  /** The newest reason why an arm gave no answer. */
  readonly lastFailure: ByArm<string>
  /** True when the signal ended it: what is counted is not the whole recording. */
  readonly interrupted: boolean
  readonly tookMs: number
}

/** Where a replay is. */
export type ReplayProgress = Pick<ReplayResult, 'exchanges' | 'sent'> & { readonly mismatched: number }

/** One exchange that was sent again. */
export interface Replayed {
  readonly exchange: Exchange
  readonly verdict: Verdict
  readonly answers: ByArm<ArmAnswer>
}

/** Counts what a replay does, in memory bounded by the number of routes. */
export interface ReplayReport {
  read(): void
  skip(why: SkipReason): void
  add(replayed: Replayed): void
  progress(): ReplayProgress
  result(end: Pick<ReplayResult, 'sides' | 'interrupted'>): ReplayResult
}

/** Starts counting. */
export function buildReplayReport(clock: Clock): ReplayReport {
  const startedAt = clock.monotonic()
  const tally = buildTally(clock)
  const latencies = new Map<string, { legacy?: Latency; service?: Latency }>()
  const skipped = { 'unsafe-method': 0, redacted: 0, 'body-not-stored': 0, 'no-path': 0 }
  const lastFailure: { legacy?: string; service?: string } = {}
  const counts = { exchanges: 0, sent: 0, mismatched: 0 }
  return {
    read: () => {
      counts.exchanges += 1
    },
    skip: (why) => {
      skipped[why] += 1
    },
    add({ exchange, verdict, answers }) {
      counts.sent += 1
      if (verdict.kind === 'mismatch') counts.mismatched += 1
      const { route, id, request } = exchange
      const status = statusOf(exchange, answers)
      tally.record({ route, exchange: id, request: `${request.method} ${request.target}`, status, verdict })
      const latency = latencies.get(route) ?? {}
      latencies.set(route, latency)
      for (const arm of ['legacy', 'service'] as const) noteAnswer(arm, answers[arm], { latency, lastFailure })
    },
    progress: () => ({ ...counts }),
    result: (end) => ({
      ...end,
      exchanges: counts.exchanges,
      sent: counts.sent,
      skipped,
      routes: tally.report().map((entry) => routeOf(entry, latencies.get(entry.route) ?? {})),
      lastFailure,
      tookMs: clock.monotonic() - startedAt,
    }),
  }
}

function noteAnswer(
  arm: 'legacy' | 'service',
  answer: ArmAnswer | undefined,
  notes: {
    readonly latency: { legacy?: Latency; service?: Latency }
    readonly lastFailure: { legacy?: string; service?: string }
  },
): void {
  if (answer === undefined) return
  if (!answer.ok) {
    notes.lastFailure[arm] = answer.why
    return
  }
  const latency = notes.latency[arm] ?? buildLatency()
  latency.record(answer.tookMs)
  notes.latency[arm] = latency
}

/** The status on the left side: with both arms legacy's, else the recorded one. */
function statusOf(exchange: Exchange, { legacy, service }: ByArm<ArmAnswer>): number | undefined {
  if (legacy === undefined || service === undefined) return exchange.response.status
  return legacy.ok ? legacy.answer.status : undefined
}

function routeOf(tally: RouteTally, latency: ByArm<Latency>): ReplayedRoute {
  const summaries: { legacy?: LatencySummary; service?: LatencySummary } = {}
  if (latency.legacy !== undefined) summaries.legacy = latency.legacy.summary()
  if (latency.service !== undefined) summaries.service = latency.service.summary()
  return { route: tally.route, tally, latency: summaries }
}
