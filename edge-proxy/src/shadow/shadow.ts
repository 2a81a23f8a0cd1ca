import type { NotComparable, Tally } from '@banyan/toolkit/compare'
import { otherArm, safeMethods } from '@banyan/toolkit/routing'
import type { Redact } from '@banyan/toolkit/traffic'
import { headerPairs } from '../forward/header-lines.ts'
import type { Pressure } from '../limits/pressure.ts'
import type { Tracing } from '../observe/tracing.ts'
import { maxCopyBytes } from '../passage/body-copy.ts'
import { isLeftByClient, type Outcome, type Passage, releaseCopies } from '../passage/passage.ts'
import { type ArmSender, askArm } from './ask-arm.ts'
import { buildBoundedQueue } from './bounded-queue.ts'
import type { Comparer } from './compare-in-thread.ts'
import { judge, recordVerdict } from './judge.ts'
import type { Recheck } from './recheck.ts'
import type { ShadowJob } from './shadow-job.ts'

/** Sends served requests to the other arm and compares; whatever happens here, the client has its answer (law 1). */
export interface Shadow {
  offer(passage: Passage, outcome: Outcome): void
  /** The same for a job that is made already: a probe. */
  offerJob(job: ShadowJob): void
  stats(): { readonly queued: number; readonly running: number; readonly shed: number }
  close(): void
}

/** What a shadow needs; its sender has connections of its own, so that it cannot use up those of served requests. */
export interface ShadowOptions {
  readonly sender: ArmSender
  readonly comparer: Comparer
  readonly tally: Tally
  readonly recheck: Recheck
  readonly redact: Redact
  /** Told the id of a request whose shadow found no room. */
  readonly leftOut?: (id: string) => void
  /** Undefined where nobody traces. */
  readonly tracing?: Pick<Tracing, 'shadow'> | undefined
  /** Default 256: more wait nowhere, they are shed and counted. */
  readonly maxQueued?: number
  /** Default 32 requests at a time. */
  readonly maxRunning?: number
  /** Under pressure shadows come after requests, and before them they are left out. Default: none. */
  readonly pressure?: () => Pressure
}

/** Builds the shadow with an empty queue. */
export function buildShadow(options: ShadowOptions): Shadow {
  const { sender, comparer, tally, recheck, redact, leftOut, tracing, maxQueued = 256, maxRunning = 32 } = options
  const level = () => options.pressure?.().level ?? 'calm'
  let shed = 0
  const queue = buildBoundedQueue<ShadowJob>({
    maxQueued,
    // Few under strain, and not none: a shadow that stands still would know nothing of its arm (law 7).
    maxRunning: () => (level() === 'calm' ? maxRunning : Math.min(2, maxRunning)),
    failed: (job) => {
      job.release()
      recordVerdict({ tally, redact }, job, { kind: 'not-comparable', why: 'comparer-failed' })
    },
    run: async (job) => {
      const { request, capability, served, body } = job
      const traced = tracing?.shadow(job)
      const sent = traced?.request ?? request
      const asked = await askArm(sent, capability[otherArm(served)], { sender, maxBytes: maxCopyBytes, body })
      const verdict = await judge(job, asked, comparer)
      traced?.end(asked, verdict)
      job.release()
      // Asked again, a write would be executed again, by both.
      const final = verdict.kind !== 'mismatch' || job.probe !== undefined || !safeMethods.has(request.method)
      if (final || !recheck.offer(job, verdict)) recordVerdict({ tally, redact }, job, verdict)
    },
  })
  const drop = (job: ShadowJob) => {
    const into = job.probe ?? tally
    shed += 1
    into.shed(job.route)
    if (job.probe === undefined) leftOut?.(job.request.id)
    job.release()
  }
  return {
    offerJob: (job) => {
      if (!queue.offer(job)) drop(job)
    },
    offer: (passage, outcome) => {
      const job = jobOf(passage, outcome)
      if (typeof job === 'object') {
        if (level() === 'overloaded' || !isWhole(passage) || !queue.offer(job)) drop(job)
        return
      }
      releaseCopies(passage)
      if (job !== undefined) recordUnasked(tally, passage, job)
    },
    stats: () => ({ queued: queue.queued(), running: queue.running(), shed }),
    close: () => {
      for (const job of queue.close()) job.release()
      sender.close()
    },
  }
}

/**
 * The job, or why the other arm is not asked; undefined for what says nothing about the arms: a client that left. It is
 * counted, for a route whose every request is left out must not look as if it had none (law 7).
 */
function jobOf(passage: Passage, outcome: Outcome): ShadowJob | NotComparable | undefined {
  const { request, decision, answerCopy, notes } = passage
  const { capability, arm, route } = decision
  if (capability === undefined || arm === undefined || answerCopy === undefined) return undefined
  // What legacy answered for the service says nothing about either.
  if (notes.fallback !== undefined) return `${arm}-failed`
  if (outcome.kind !== 'answered') return isLeftByClient(outcome) ? undefined : `${arm}-failed`
  if (outcome.status === 304 || outcome.status === 206) return 'not-asked'
  const sent = bodyOf(passage)
  if (sent === 'not-kept') return 'not-asked'
  const body = answerCopy.bytes()
  const answer = { status: outcome.status, headers: headerPairs(outcome.headers), body, truncated: false }
  const about = { request, route, capability, served: arm, answer, answeredAt: Date.now() }
  return { ...about, ...sent, release: () => releaseCopies(passage) }
}

/** What the other arm gets as a body; a read's is never kept, and a write's that its arm did not want to see whole is not sent. */
function bodyOf({ request, requestCopy }: Passage): Pick<ShadowJob, 'body'> | 'not-kept' {
  if (request.framing.kind === 'none') return {}
  const none = request.framing.kind === 'length' && request.framing.bytes === 0
  if (safeMethods.has(request.method) || requestCopy === undefined) return 'not-kept'
  if (none) return {}
  return request.raw.readableEnded ? { body: requestCopy.bytes() } : 'not-kept'
}

function isWhole({ requestCopy, answerCopy, request }: Passage): boolean {
  const sent = safeMethods.has(request.method) ? undefined : requestCopy
  return !answerCopy?.truncated() && !sent?.truncated()
}

function recordUnasked(tally: Tally, { request, decision }: Passage, why: NotComparable): void {
  const entry = { route: decision.route, exchange: request.id, request: request.method, status: undefined }
  tally.record({ ...entry, verdict: { kind: 'not-comparable', why } })
}
