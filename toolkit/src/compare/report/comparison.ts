import type { Answer } from '../answer/answer.ts'
import type { CompareOptions } from '../compare.ts'
import type { Difference } from '../difference.ts'
import type { CompareRule } from '../rules/rule.ts'
import type { Verdict } from '../verdict.ts'
import type { ComparisonReport, Coverage, ExchangeCounts } from './report.ts'

/** One exchange that was sent, with all that the arms said to it. */
export interface ComparedExchange {
  readonly route: string
  readonly capability: string | undefined
  /** The exchange's id, and when it was recorded: ISO 8601, UTC. */
  readonly exchange: string
  readonly at: string
  /** Method and target, redacted. */
  readonly request: string
  /** Names of the parameters that it carries: of the query, and of the top level of a form or JSON body. Any order. */
  readonly parameters: readonly string[]
  /** As the comparer gave it, not redacted: that happens here, before anything is kept. */
  readonly verdict: Verdict
  /** What stands on the two sides: with one arm, the recorded answer is `legacy`. Undefined where there was no answer. */
  readonly answers: { readonly legacy?: Answer | undefined; readonly service?: Answer | undefined }
  /** Legacy's second answer to the same request, in the same run; undefined when it was not asked twice. */
  readonly legacyAgain?: LegacyAgain | undefined
  /** A mismatch that was asked again on both arms, after the sync's lag: what comparing gave then. */
  readonly askedAgain?: AskedAgain | undefined
  readonly tookMs: { readonly legacy?: number | undefined; readonly service?: number | undefined }
  /** The rules in force for it; the same list for the same route. */
  readonly rules: readonly CompareRule[]
}

/** What comparing gave when both arms were asked again, and how long after their first answers theirs came then, in ms. */
export interface AskedAgain {
  readonly verdict: Verdict
  readonly afterMs: number
}

/**
 * Legacy's second answer. `drawn`: the exchange was drawn to be asked twice before anybody knew how it would compare, so
 * shares may be taken from it; `mismatched`: it was asked because it mismatched. Give `drawn` where both are so.
 */
export interface LegacyAgain {
  readonly answer: Answer
  readonly why: 'drawn' | 'mismatched'
}

/** How a comparison is kept and judged. */
export interface ComparisonOptions {
  /** Of the gate: the share (0 to 1) that may mismatch, proven at 95 %. Default 0: no mismatch at all. */
  readonly maxMismatchShare?: number | undefined
  /** Makes what may be kept and shown of what the arms said. Default: everything is kept as it is. */
  readonly redact?: ComparisonRedaction | undefined
  /** With what the verdicts were made beside the rules: answers are compared again to learn of noise and to try remedies. */
  readonly comparing?: Omit<CompareOptions, 'rules'> | undefined
  /** The folder for a temporary file of what mismatched, removed at the end. Default: the system's. */
  readonly folder?: string | undefined
  /** Milliseconds since 1970, for rules that expire. Default: the machine's clock. */
  readonly now?: (() => number) | undefined
}

/** How secrets are taken out; both sides of an exchange must be redacted alike, so that equal stays equal. */
export interface ComparisonRedaction {
  difference(difference: Difference): Difference
  answer(answer: Answer): Answer
}

/** What a comparison knows so far, for a progress line. Noise of legacy's own is told apart only at the end. */
export interface ComparisonProgress {
  readonly compared: number
  readonly mismatched: number
}

/** The parts of the report that come from comparing; who sends the exchanges knows the others. */
export type ComparedParts = Pick<
  ComparisonReport,
  'outcome' | 'conditions' | 'routes' | 'clusters' | 'clustersLeftOut' | 'rules'
> & { readonly coverage?: Coverage }

/** What only the end shows: how the run went, and what production shows. */
export interface ComparisonEnd {
  readonly exchanges: ExchangeCounts
  readonly interrupted: boolean
  /** For coverage: classes of exchanges that production shows, with their counts. */
  readonly production?: Production | undefined
}

/** What production shows: the edge's counters (by route and status) or another recording (by shape too). */
export interface Production {
  /** `the edge's counters since 2026-11-21T10:00:00Z`, `recording all.ndjson`. */
  readonly source: string
  readonly classes: Iterable<ProductionClass>
}

/** So many exchanges of one route; a status or shape that the source does not tell is undefined. */
export interface ProductionClass {
  readonly route: string
  readonly status?: number | undefined
  /** As `shapeOf` gives it. */
  readonly shape?: string | undefined
  readonly count: number
}

/** Everything that was compared, on its way to a report; in bounded memory. Nothing here throws on what an arm said. */
export interface Comparison {
  add(compared: ComparedExchange): void
  progress(): ComparisonProgress
  /** Decides what is noise, forms clusters, tries remedies and judges the gate. Removes the temporary file. */
  finish(end: ComparisonEnd): Promise<ComparedParts>
  /** Removes the temporary file without a report. */
  close(): void
}
