import type { WireAnswer } from '@banyan/toolkit/compare'
import { mapDifferences, type Tally, type Verdict } from '@banyan/toolkit/compare/tally'
import { type Arm, otherArm } from '@banyan/toolkit/routing'
import type { Redact } from '@banyan/toolkit/traffic'
import type { Asked } from './ask-arm.ts'
import type { Comparer } from './compare-in-thread.ts'
import type { ShadowJob } from './shadow-job.ts'

/** The verdict on a served answer and what the other arm gave, or did not give. */
export async function judge(job: ShadowJob, asked: Asked, comparer: Comparer): Promise<Verdict> {
  const other = otherArm(job.served)
  if (!asked.ok) return { kind: 'not-comparable', why: `${other}-failed` }
  return compareArms(job, { [job.served]: job.answer, [other]: asked.answer }, comparer)
}

/** Compares two wire answers by the capability's accepted rules. */
export async function compareArms(
  job: ShadowJob,
  answers: Partial<Record<Arm, WireAnswer>>,
  comparer: Comparer,
): Promise<Verdict> {
  const { legacy, service } = answers
  if (legacy === undefined) return { kind: 'not-comparable', why: 'legacy-failed' }
  if (service === undefined) return { kind: 'not-comparable', why: 'service-failed' }
  return comparer.compare({ legacy, service }, job.capability.compare)
}

/** Counts what comparing one exchange gave; samples are redacted before they are kept (law 8). */
export function recordVerdict(
  { tally, redact }: { readonly tally: Tally; readonly redact: Redact },
  job: ShadowJob,
  verdict: Verdict,
): void {
  const { request, route, answer } = job
  const shown = mapDifferences(verdict, redact.difference)
  const target = `${request.method} ${redact.target(request.target)}`
  const into = job.probe ?? tally
  into.record({ route, exchange: request.id, request: target, status: answer.status, verdict: shown })
}
