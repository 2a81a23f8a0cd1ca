import type { Clock } from '@banyan/toolkit/base'
import type { NotComparable, Tally, Verdict } from '@banyan/toolkit/compare'
import { safeMethods, type Upstream } from '@banyan/toolkit/routing'
import type { Redact } from '@banyan/toolkit/traffic'
import type { Pressure } from '../limits/pressure.ts'
import type { Tracing } from '../observe/tracing.ts'
import { maxCopyBytes } from '../passage/body-copy.ts'
import { type Outcome, type Passage, releaseCopies } from '../passage/passage.ts'
import type { ShadowShed } from '../passage/shadow-shed.ts'
import type { FaultKind } from '../upstream/sender.ts'
import { type ArmSender, askArm } from './ask-arm.ts'
import type { Comparer } from './compare-in-thread.ts'
import { jobOf } from './job-of.ts'
import { judge, recordVerdict } from './judge.ts'
import { buildPacedQueue, type PacedQueue } from './paced-queue.ts'
import type { Recheck } from './recheck.ts'
import type { ShadowJob } from './shadow-job.ts'
import { noneShed, type ShedCounts } from './shed-counts.ts'
import { buildSilentArms } from './silent-arms.ts'

/** Sends served requests to the other arm and compares; whatever happens here, the client has its answer (law 1). */
export interface Shadow {
  /**
   * Why a shadow for this arm is left out from the beginning; undefined: it is not. Asked before a request is forwarded, so that
   * what is left out costs no copy; counted when the request is offered.
   */
  shedsNow(upstream: Upstream): ShadowShed | undefined
  offer(passage: Passage, outcome: Outcome): void
  /** The same for a job that is made already: a probe. */
  offerJob(job: ShadowJob): void
  stats(): ShadowStats
  close(): void
}

/** What a shadow has to do, and what it left out since the start. */
export interface ShadowStats {
  readonly queued: number
  readonly running: number
  readonly shed: number
  /** The same by why. */
  readonly shedBy: ShedCounts
}

/** What a shadow needs; its sender has connections of its own, so that it cannot use up those of served requests. */
export interface ShadowOptions {
  readonly sender: ArmSender
  readonly comparer: Comparer
  readonly tally: Tally
  readonly recheck: Recheck
  readonly redact: Redact
  readonly clock: Clock
  /** Told the id of a request whose shadow was to be sent, and is left out after all. */
  readonly leftOut?: (id: string, why: ShadowShed) => void
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
  return new QueuedShadow(options)
}

/** A class, for it holds connections and what waits. */
class QueuedShadow implements Shadow {
  readonly #options: ShadowOptions
  readonly #arms = buildSilentArms()
  readonly #shedBy = noneShed()
  readonly #queue: PacedQueue<ShadowJob>

  constructor(options: ShadowOptions) {
    const { maxQueued = 256, maxRunning = 32 } = options
    this.#options = options
    this.#queue = buildPacedQueue<ShadowJob>({
      maxQueued,
      // Few under strain, and not none: a shadow that stands still would know nothing of its arm (law 7).
      maxRunning: () => (this.#level() === 'calm' ? maxRunning : Math.min(2, maxRunning)),
      run: (job) => this.#begin(job),
    })
  }

  shedsNow(upstream: Upstream): ShadowShed | undefined {
    if (this.#level() === 'overloaded') return 'overloaded'
    return this.#arms.isClosed(upstream) ? 'silent' : this.#queue.refuses()
  }

  offer(passage: Passage, outcome: Outcome): void {
    const offered = jobOf(passage, outcome, this.#options.clock)
    if (offered.kind === 'job') {
      const { job } = offered
      const shed = this.shedsNow(job.upstream) ?? this.#queue.offer(job)
      if (shed !== undefined) this.#drop(job, shed)
      return
    }
    releaseCopies(passage)
    if (offered.kind === 'shed') this.#leaveOut(passage, offered.why)
    else if (offered.kind === 'not-comparable') this.#recordUnasked(passage, offered.why)
  }

  offerJob(job: ShadowJob): void {
    const shed = this.#queue.offer(job)
    if (shed !== undefined) this.#drop(job, shed)
  }

  stats(): ShadowStats {
    const shedBy = { ...this.#shedBy }
    const shed = Object.values(shedBy).reduce((sum, count) => sum + count, 0)
    return { queued: this.#queue.queued(), running: this.#queue.running(), shed, shedBy }
  }

  close(): void {
    for (const job of this.#queue.close()) job.release()
    this.#options.sender.close()
  }

  #level(): Pressure['level'] {
    return this.#options.pressure?.().level ?? 'calm'
  }

  /** What its arm has fallen silent for meanwhile is left out; a probe is sent, for it is there to find that out. */
  #begin(job: ShadowJob): Promise<void> | undefined {
    if (job.probe !== undefined || !this.#arms.isClosed(job.upstream)) return this.#run(job)
    this.#drop(job, 'silent')
    return undefined
  }

  /** One function, for each that waits is one more object that lives as long as the other arm takes. */
  async #run(job: ShadowJob): Promise<void> {
    const { sender, comparer, tracing } = this.#options
    const { request, upstream, body } = job
    try {
      const traced = tracing?.shadow(job)
      const asking = askArm(traced?.request ?? request, upstream, { sender, maxBytes: maxCopyBytes, body })
      this.#arms.began(upstream)
      const asked = await asking
      this.#arms.ended(upstream, !asked.ok && isTimeout(asked.fault))
      const judged = judge(job, asked, comparer)
      const verdict = judged instanceof Promise ? await judged : judged
      traced?.end(asked, verdict)
      this.#record(job, verdict)
    } catch {
      // A broken job must not take the process with it, and what it was is not lost: it counts as a fault of ours.
      recordVerdict(this.#options, job, { kind: 'not-comparable', why: 'comparer-failed' })
    }
    job.release()
  }

  #record(job: ShadowJob, verdict: Verdict): void {
    // Asked again, a write would be executed again, by both.
    const final = verdict.kind !== 'mismatch' || job.probe !== undefined || !safeMethods.has(job.request.method)
    if (final || !this.#options.recheck.offer(job, verdict)) recordVerdict(this.#options, job, verdict)
  }

  #drop({ route, request, probe, release }: ShadowJob, why: ShadowShed): void {
    release()
    if (probe !== undefined) return void probe.shed(route)
    this.#shed(route, why)
    this.#options.leftOut?.(request.id, why)
  }

  /** Where that was known from the beginning, nobody waits for a verdict. */
  #leaveOut({ request, decision, shadowShed }: Passage, why: ShadowShed): void {
    this.#shed(decision.route, why)
    if (shadowShed === undefined) this.#options.leftOut?.(request.id, why)
  }

  #shed(route: string, why: ShadowShed): void {
    this.#shedBy[why] += 1
    this.#options.tally.shed(route)
  }

  #recordUnasked({ request, decision }: Passage, why: NotComparable): void {
    const entry = { route: decision.route, exchange: request.id, request: request.method, status: undefined }
    this.#options.tally.record({ ...entry, verdict: { kind: 'not-comparable', why } })
  }
}

function isTimeout(fault: FaultKind): boolean {
  return fault === 'upstream-timeout' || fault === 'upstream-connect-timeout'
}
