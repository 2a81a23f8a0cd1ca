import type { Clock } from '@banyan/toolkit/base'
import { type FlatAnswer, lagExplains, type Tally, type Verdict } from '@banyan/toolkit/compare/tally'
import type { Redact } from '@banyan/toolkit/traffic'
import type { AppliedReports } from '../passage/applied-reports.ts'
import { maxCopyBytes } from '../passage/body-copy.ts'
import { type ArmSender, type Asked, askArm } from './ask-arm.ts'
import { buildBoundedQueue } from './bounded-queue.ts'
import type { Comparer } from './compare-in-thread.ts'
import { compareArms, recordVerdict } from './judge.ts'
import type { ShadowJob } from './shadow-job.ts'

/** How long a mismatch waits for follow to pass it before it is asked again anyway, in ms. */
const recheckBoundMs = 5_000
const maxWaiting = 512
/** What many write at once may change between the two answers; it does not do so three times in a row by chance. */
const maxAttempts = 3

interface Attempt {
  readonly job: ShadowJob
  readonly number: number
  /** Follow had passed when it was made; otherwise it was the bound that let it through. */
  readonly passed: boolean
}

/** Asks both arms again where a read mismatched while its data may still have been on its way. */
export interface Recheck {
  /** Takes over the recording of the verdict; false when this mismatch is final: no lag makes it, nothing reports, or a bound. */
  offer(job: ShadowJob, verdict: Verdict): boolean
  close(): void
}

/** Builds a recheck that waits for the sync worker's reports, and asks three times at most; `tally` gets the last verdict. */
export function buildRecheck(options: {
  readonly applied: AppliedReports
  readonly clock: Clock
  readonly sender: ArmSender
  readonly comparer: Comparer
  readonly tally: Tally
  readonly redact: Redact
}): Recheck {
  const { applied, clock, sender, comparer, tally, redact } = options
  let waiting = 0
  const asking = buildBoundedQueue<Attempt>({
    maxQueued: maxWaiting,
    maxRunning: () => 16,
    failed: ({ job }) => recordVerdict({ tally, redact }, job, { kind: 'not-comparable', why: 'comparer-failed' }),
    run: async ({ job, number, passed }) => {
      const askedAt = clock.now()
      const verdict = await askBoth(job, { sender, comparer })
      const again = verdict.kind === 'mismatch' && passed && number < maxAttempts
      if (again && wait(job, { number: number + 1, after: askedAt })) return
      recordVerdict({ tally, redact }, job, verdict)
      if (verdict.kind === 'match' || verdict.kind === 'noise') tally.transient(job.route)
    },
  })
  /** Asks again once follow has passed `after` (ms since 1970); false when nothing reports, or a bound is reached. */
  const wait = (job: ShadowJob, { number, after }: { readonly number: number; readonly after: number }): boolean => {
    const { name } = job.capability
    if (applied.through(name) === undefined || waiting >= maxWaiting) return false
    waiting += 1
    void applied.passed(name, after, recheckBoundMs).then((passed) => {
      waiting -= 1
      if (!asking.offer({ job, number, passed })) tally.shed(job.route)
    })
    return true
  }
  return {
    offer: (job, verdict) =>
      verdict.kind === 'mismatch' &&
      lagExplains(verdict.differences) &&
      wait(withoutBodies(job), { number: 1, after: job.answeredAt }),
    close: () => void asking.close(),
  }
}

/** Both arms are asked anew: what the first answers were would be held for seconds, beyond the budget of all copies (law 9). */
function withoutBodies(job: ShadowJob): ShadowJob {
  return { ...job, answer: { ...job.answer, body: nothing }, body: undefined }
}

const nothing = Buffer.alloc(0)

/** Both, and at the same time: what legacy said earlier may have changed since. */
async function askBoth(
  job: ShadowJob,
  { sender, comparer }: { readonly sender: ArmSender; readonly comparer: Comparer },
): Promise<Verdict> {
  const { legacy, service } = job.capability
  const [left, right] = await Promise.all(
    [legacy, service].map((upstream) => askArm(job.request, upstream, { sender, maxBytes: maxCopyBytes })),
  )
  return compareArms(job, { ...answerOf('legacy', left), ...answerOf('service', right) }, comparer)
}

function answerOf(
  arm: 'legacy' | 'service',
  asked: Asked | undefined,
): Partial<Record<'legacy' | 'service', FlatAnswer>> {
  return asked?.ok ? { [arm]: asked.answer } : {}
}
