import { isJsonObject, type JsonObject } from '../base/index.ts'
import type { JournalEntry } from './journal.ts'
import type { Plan } from './plan.ts'

/** How a route was served and shadowed, in the words of the route table: `legacy`, `10%`; `0%`. */
export interface Knobs {
  readonly serve: string
  readonly shadow: string
}

/** How far a plan of exactly this content is. */
export interface Progress {
  /** The last completed step; 0 when none is. */
  readonly lastDone: number
  /** The step that began and neither completed nor halted: a run was cut off in it. `before` is what it found. */
  readonly begun: { readonly step: number; readonly before: Knobs | undefined } | undefined
  /** Why the last run halted, when it did and no step was completed since. */
  readonly halted: { readonly step: number; readonly outcome: string; readonly at: string } | undefined
  /** Whether another content of this capability's plan has completed steps: they do not count here. */
  readonly otherRevision: boolean
}

/** Derives the progress of `plan` from the journal; nothing else remembers it. */
export function progressOf(plan: Plan, entries: readonly JournalEntry[]): Progress {
  let progress: Progress = { lastDone: 0, begun: undefined, halted: undefined, otherRevision: false }
  for (const entry of entries) {
    if (!entry.kind.startsWith('plan-') || entry.evidence.capability !== plan.capability) continue
    if (entry.evidence.revision === plan.revision) progress = after(progress, entry)
    else if (entry.kind === 'plan-step-done') progress = { ...progress, otherRevision: true }
  }
  return progress
}

function after(progress: Progress, { kind, at, evidence }: JournalEntry): Progress {
  const step = typeof evidence.step === 'number' ? evidence.step : 0
  switch (kind) {
    case 'plan-begun-anew':
      return { ...progress, lastDone: 0, begun: undefined, halted: undefined }
    case 'plan-step-begun':
      return { ...progress, begun: { step, before: knobsIn(evidence) } }
    case 'plan-step-done':
      return { ...progress, lastDone: step, begun: undefined, halted: undefined }
    case 'plan-halted':
      return { ...progress, begun: undefined, halted: { step, outcome: String(evidence.outcome), at } }
    default:
      return progress
  }
}

function knobsIn({ before }: JsonObject): Knobs | undefined {
  if (!isJsonObject(before) || typeof before.serve !== 'string' || typeof before.shadow !== 'string') return undefined
  return { serve: before.serve, shadow: before.shadow }
}
