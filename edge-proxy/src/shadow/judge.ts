import { type FlatAnswer, isSameOnWire, mapDifferences, type Tally, type Verdict } from '@banyan/toolkit/compare/tally'
import { type Arm, otherArm } from '@banyan/toolkit/routing'
import type { Redact } from '@banyan/toolkit/traffic'
import type { Asked } from './ask-arm.ts'
import type { Comparer } from './compare-in-thread.ts'
import type { ShadowJob } from './shadow-job.ts'

/** The verdict on a served answer and what the other arm gave, or did not give. */
export function judge(job: ShadowJob, asked: Asked, comparer: Comparer): Promise<Verdict> | Verdict {
  const other = otherArm(job.served)
  if (!asked.ok) return { kind: 'not-comparable', why: `${other}-failed` }
  const { answer } = asked
  return other === 'service'
    ? compareArms(job, { legacy: job.answer, service: answer }, comparer)
    : compareArms(job, { legacy: answer, service: job.answer }, comparer)
}

/**
 * Compares two answers by the capability's accepted rules. What is the same byte for byte matches at once; the rest is
 * unpacked, parsed and compared in another thread.
 */
export function compareArms(
  job: ShadowJob,
  { legacy, service }: Partial<Record<Arm, FlatAnswer>>,
  comparer: Comparer,
): Promise<Verdict> | Verdict {
  if (legacy === undefined) return { kind: 'not-comparable', why: 'legacy-failed' }
  if (service === undefined) return { kind: 'not-comparable', why: 'service-failed' }
  if (isSameOnWire(legacy, service)) return match
  return comparer.compare({ legacy, service }, job.capability.compare)
}

const match: Verdict = { kind: 'match' }

/** Counts what comparing one exchange gave; samples are redacted before they are kept (law 8). */
export function recordVerdict(
  { tally, redact }: { readonly tally: Tally; readonly redact: Redact },
  job: ShadowJob,
  verdict: Verdict,
): void {
  const { request, route, answer } = job
  const shown = mapDifferences(verdict, redact.difference)
  // Only a mismatch is shown with its target.
  const target = verdict.kind === 'mismatch' ? `${request.method} ${redact.target(request.target)}` : request.method
  const into = job.probe ?? tally
  into.record({ route, exchange: request.id, request: target, status: answer.status, verdict: shown })
}
