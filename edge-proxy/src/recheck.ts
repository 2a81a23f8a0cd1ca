import type { Tally, Verdict, WireAnswer } from '@banyan/toolkit/compare'
import type { Redact } from '@banyan/toolkit/traffic'
import type { AppliedReports } from './applied-reports.ts'
import { type Asked, askArm } from './ask-arm.ts'
import { buildBoundedQueue } from './bounded-queue.ts'
import { maxCopyBytes } from './choose-passage.ts'
import type { Sender } from './sender.ts'
import { compareArms, recordVerdict, type ShadowJob } from './shadow.ts'

/** How long a mismatch waits for follow to pass it before it is asked again anyway, in ms. */
export const recheckBoundMs = 5_000
const maxWaiting = 512

/** Asks both arms again where a read mismatched while its data may still have been on its way. */
export interface Recheck {
  /** Takes over the recording of the verdict; false when this mismatch is final: nothing reports, or a bound. */
  offer(job: ShadowJob, verdict: Verdict): boolean
  close(): void
}

/** Builds a recheck that waits for the sync worker's reports; `tally` gets the second verdict. */
export function buildRecheck(options: {
  readonly applied: AppliedReports
  readonly sender: Sender
  readonly tally: Tally
  readonly redact: Redact
}): Recheck {
  const { applied, sender, tally, redact } = options
  const asking = buildBoundedQueue<ShadowJob>({
    maxQueued: maxWaiting,
    maxRunning: 16,
    failed: (job) => recordVerdict({ tally, redact }, job, { kind: 'not-comparable', why: 'comparer-failed' }),
    run: async (job) => {
      const verdict = await askBoth(job, sender)
      recordVerdict({ tally, redact }, job, verdict)
      if (verdict.kind === 'match' || verdict.kind === 'noise') tally.transient(job.route)
    },
  })
  let waiting = 0
  return {
    offer: (job) => {
      const { name } = job.capability
      if (applied.through(name) === undefined || waiting >= maxWaiting) return false
      waiting += 1
      void applied.passed(name, job.answeredAt, recheckBoundMs).then(() => {
        waiting -= 1
        if (!asking.offer(job)) tally.shed(job.route)
      })
      return true
    },
    close: () => void asking.close(),
  }
}

/** Both, and at the same time: what legacy said earlier may have changed since. */
async function askBoth(job: ShadowJob, sender: Sender): Promise<Verdict> {
  const { legacy, service } = job.capability
  const [left, right] = await Promise.all(
    [legacy, service].map((upstream) => askArm(job.request, upstream, { sender, maxBytes: maxCopyBytes })),
  )
  return compareArms(job, { ...answerOf('legacy', left), ...answerOf('service', right) })
}

function answerOf(
  arm: 'legacy' | 'service',
  asked: Asked | undefined,
): Partial<Record<'legacy' | 'service', WireAnswer>> {
  return asked?.ok ? { [arm]: asked.answer } : {}
}
