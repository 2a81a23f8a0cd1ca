/** A condition with a metric, a threshold and a denominator. No data is unknown, never pass. */
export interface Gate {
  /** Share of compared exchanges that mismatched, at most; and how many must have been compared. */
  readonly mismatches?: { readonly atMostShare: number; readonly samples: number }
  /** Share of requests of the route's service arm that failed, at most; and how many there must have been. */
  readonly errors?: { readonly atMostShare: number; readonly samples: number }
  /** p99 of the service arm, at most this many times the legacy arm's. */
  readonly p99?: { readonly atMostTimesLegacy: number }
  /** How far follow may be behind. */
  readonly lag?: { readonly belowMs: number }
}

/** What a step does. Written as `- backfill` or `- flip: { route: users.read, serve: 10% }`. */
export type StepAction =
  | { readonly kind: 'record'; readonly exchanges: number; readonly withinMs: number }
  | { readonly kind: 'backfill' }
  | { readonly kind: 'follow' }
  | { readonly kind: 'shadow'; readonly route: string; readonly sharePercent: number }
  | { readonly kind: 'flip'; readonly route: string; readonly serve: string; readonly reason: string | undefined }
  | { readonly kind: 'replay'; readonly mismatches: { readonly atMostShare: number; readonly samples: number } }
  | { readonly kind: 'verify' }
  | { readonly kind: 'cutover'; readonly to: 'legacy' | 'service'; readonly maxHoldMs: number }

/** One step of a plan. */
export interface Step {
  /** Position in the plan, from 1: what people see. */
  readonly number: number
  /** Where the step begins in the file, from 1. */
  readonly line: number
  readonly action: StepAction
  readonly gate: Gate | undefined
  /** How long the gate may stay unknown before the run halts. Default 60 000. */
  readonly gateTimeoutMs: number
}

/** The ordered steps of one capability's extraction. */
export interface Plan {
  readonly capability: string
  readonly file: string
  /** Content hash of the file, 12 hex digits: progress is kept per content. */
  readonly revision: string
  readonly steps: readonly Step[]
}
