import type {
  AppliedAnswer,
  DrainedAnswer,
  FencedAnswer,
  HoldAnswer,
  HoldRequest,
  OwnerAnswer,
  ReleaseAnswer,
} from '../../admin/admin-api.ts'

const mostWaits = 10_000

/** Writes of all workers that began before the hold. */
export function mergeHoldAnswers(answers: readonly HoldAnswer[]): HoldAnswer {
  return { inFlight: totalInFlight(answers) }
}

/** Drained only when every worker is. */
export function mergeDrained(answers: readonly DrainedAnswer[]): DrainedAnswer {
  return { drained: answers.every(({ drained }) => drained), inFlight: totalInFlight(answers) }
}

/** Held only where every worker holds. */
export function mergeFenced(answers: readonly FencedAnswer[]): FencedAnswer {
  return { held: answers.every(({ held }) => held) }
}

/** The file is edited by one of them, the rest finds it edited. */
export function mergeOwnerAnswers(answers: readonly [OwnerAnswer, ...OwnerAnswer[]]): OwnerAnswer {
  const trouble = answers.find((answer) => answer.trouble !== undefined)?.trouble
  const edited = answers.some((answer) => answer.edited)
  return { revision: answers[0].revision, edited, ...(trouble === undefined ? {} : { trouble }) }
}

/** What became of all that was held, with all waits, at most 10 000 of them, spread evenly. */
export function mergeReleases(answers: readonly ReleaseAnswer[]): ReleaseAnswer {
  const total = (count: (answer: ReleaseAnswer) => number) => answers.reduce((sum, answer) => sum + count(answer), 0)
  const waits = answers.flatMap(({ waitsMs }) => waitsMs).sort((a, b) => a - b)
  const step = Math.max(1, waits.length / mostWaits)
  return {
    held: total(({ held }) => held),
    released: total(({ released }) => released),
    refused: total(({ refused }) => refused),
    left: total(({ left }) => left),
    waitsMs: step === 1 ? waits : Array.from({ length: mostWaits }, (_, at) => waits[Math.floor(at * step)] ?? 0),
  }
}

/** The time that has come for all: no worker has answered a write before it that another one's reader may not see. */
export function mergeApplied(answers: readonly [AppliedAnswer, ...AppliedAnswer[]]): AppliedAnswer {
  const now = Math.min(...answers.map((answer) => answer.now))
  const told = answers.flatMap(({ taken }) => taken ?? [])
  return { now, ...(told.length === 0 ? {} : { taken: told.every((taken) => taken) }) }
}

/** What one of several workers may hold, so that all together hold no more than was asked for. */
export function shareOfHold(request: HoldRequest, at: number, workers: number): HoldRequest {
  return {
    ...request,
    maxRequests: share(request.maxRequests, at, workers),
    maxBytes: share(request.maxBytes, at, workers),
  }
}

function share(total: number, at: number, workers: number): number {
  return Math.floor(total / workers) + (at < total % workers ? 1 : 0)
}

function totalInFlight(answers: readonly { readonly inFlight: number }[]): number {
  return answers.reduce((sum, { inFlight }) => sum + inFlight, 0)
}
