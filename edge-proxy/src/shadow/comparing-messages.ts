import type { Verdict } from '@banyan/toolkit/compare'

/** An answer on its way into the comparing thread. */
export interface SentAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly truncated: boolean
}

/** Two answers to compare. `rules` is JSON: equal texts are compiled once. */
export interface ComparingJob {
  readonly number: number
  readonly legacy: SentAnswer
  readonly service: SentAnswer
  readonly rules: string
}

/** What comparing them gave. */
export interface Compared {
  readonly number: number
  readonly verdict: Verdict
}
