import type { Verdict } from '@banyan/toolkit/compare'

/** An answer on its way into the comparing thread. */
export interface SentAnswer {
  readonly status: number
  /** Flat. */
  readonly headers: readonly string[]
  /** Where its body is in the bytes of its batch. */
  readonly at: number
  readonly length: number
  readonly truncated: boolean
}

/** Two answers to compare. `rules` is JSON: equal texts are compiled once. */
export interface ComparingJob {
  readonly number: number
  readonly legacy: SentAnswer
  readonly service: SentAnswer
  readonly rules: string
}

/** What was to be compared since the last batch: one message for all, for each wakes the thread. */
export interface ComparingBatch {
  readonly jobs: readonly ComparingJob[]
  /** All their bodies; they are handed over, not copied once more. */
  readonly bytes: ArrayBuffer
}

/** What comparing them gave. */
export interface Compared {
  readonly number: number
  readonly verdict: Verdict
}
