import type { Socket } from 'node:net'
import {
  type ConnectionLimits,
  defaultLimits,
  defaultTimeouts,
  type FaultKind,
  type Sending,
  type Timeouts,
  type UpstreamAnswer,
  type UpstreamFault,
  type UpstreamRequest,
} from '../sender.ts'
import { FlowingBody, WholeBody } from './answer-body.ts'
import type { AnswerHead } from './answer-head.ts'
import type { AnswerSink } from './answer-reader.ts'
import type { Carrier } from './carrier.ts'
import { Deadline } from './deadline.ts'
import type { RequestHead } from './request-head.ts'
import { boundMsOf, type Stage, whyLate } from './stage.ts'
import { Upload } from './upload.ts'

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** One request and its answer, on whatever connection: it ends once, whole or with a fault. */
export class Exchange implements Sending, AnswerSink {
  readonly request: UpstreamRequest
  readonly requestHead: RequestHead
  readonly limits: ConnectionLimits
  readonly answer: Promise<UpstreamAnswer | UpstreamFault>
  readonly #timeouts: Timeouts
  /** When this attempt began, or left the line. */
  #startedMs: number
  #resolve: (end: UpstreamAnswer | UpstreamFault) => void = () => undefined
  #carrier: Carrier | undefined
  #upload: Upload | undefined
  #stage: Stage = 'waiting'
  readonly #deadline: Deadline
  #paused = false
  #again = false
  #head: AnswerHead | undefined
  #parts: Buffer[] = []
  #body: FlowingBody | undefined
  #trailers: readonly string[] = []

  constructor(request: UpstreamRequest, requestHead: RequestHead, nowMs: number) {
    this.request = request
    this.requestHead = requestHead
    this.limits = request.limits ?? defaultLimits
    this.#timeouts = request.timeouts ?? defaultTimeouts(request.upstream)
    this.#deadline = new Deadline(nowMs + this.#timeouts.totalMs)
    this.#startedMs = request.notes === undefined ? 0 : performance.now()
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** Whether it may be sent a second time when nothing of an answer came (RFC 9110, section 9.2.2). */
  isRepeatable(): boolean {
    return this.request.body === undefined && idempotent.has(this.request.method)
  }

  /** Once: the kept connection that it was sent on had been closed. */
  mayGoAgain(): boolean {
    if (this.#again || this.#stage !== 'sending' || !this.isRepeatable()) return false
    this.#again = true
    return true
  }

  /** Whether any of it may have been sent on the connection that carries it now. */
  isUnderWay(): boolean {
    return this.#upload?.isBegun() === true
  }

  isOver(): boolean {
    return this.#stage === 'over'
  }

  leave(): void {
    if (this.#stage !== 'over') this.#failAs('client-gone', 'the client left')
  }

  /** It stands in line. */
  waits(line: Carrier, nowMs: number): void {
    this.#carrier = line
    this.#enter('waiting', nowMs)
  }

  /** A connection is being made for it. */
  connects(connection: Carrier, nowMs: number): void {
    this.#leavesLine()
    this.#carrier = connection
    this.#enter('connecting', nowMs)
  }

  /** Its connection stands; it is written now. */
  begins(connection: Carrier, socket: Socket, nowMs: number): void {
    this.#leavesLine()
    this.#carrier = connection
    const { notes, url } = this.request
    if (notes !== undefined) {
      notes.url = url.origin
      notes.attempts += 1
      if (this.#stage === 'connecting') notes.connectMs = performance.now() - this.#startedMs
    }
    this.#enter('sending', nowMs)
    this.#writeTo(socket)
  }

  #writeTo(socket: Socket): void {
    if (this.#upload?.isBegun() === false) return void this.#upload.moveTo(socket)
    this.#upload = new Upload(socket, { request: this.request, head: this.requestHead }, this)
    this.#upload.start()
  }

  #leavesLine(): void {
    const { notes } = this.request
    if (notes === undefined || this.#stage !== 'waiting' || this.#carrier === undefined) return
    const nowMs = performance.now()
    notes.queuedMs = nowMs - this.#startedMs
    this.#startedMs = nowMs
  }

  #enter(stage: Stage, nowMs: number): void {
    this.#stage = stage
    this.#deadline.begin(boundMsOf(stage, this.#timeouts, this.limits), nowMs)
  }

  /** Fails it when its time is up. */
  sweep(nowMs: number): void {
    if (this.#stage === 'over') return
    // Its reader holds it back: that is no silence of the upstream.
    if (this.#paused && this.#stage === 'answering') this.#deadline.move()
    const passed = this.#deadline.passed(nowMs)
    if (passed === 'total') this.#failAs('upstream-timeout', 'no whole answer in the time for everything')
    else if (passed === 'part') this.#failAs(...whyLate(this.#stage, this.#upload?.waitsForClient() === true))
  }

  progressed(): void {
    this.#deadline.move()
  }

  uploadFailed(detail: string): void {
    this.#failAs('client-gone', detail)
  }

  /** The socket takes more of the request. */
  drained(): void {
    this.#upload?.drained()
  }

  interim(head: AnswerHead): void {
    this.#deadline.move()
    if (head.status === 103) this.request.informed?.(103, head.headers)
  }

  head(head: AnswerHead): void {
    this.#head = head
    const { notes } = this.request
    if (notes !== undefined) notes.headMs = performance.now() - this.#startedMs
  }

  part(view: Buffer): void {
    this.#deadline.move()
    const kept = this.#carrier?.keep(view) ?? view
    if (this.#body === undefined) this.#parts.push(kept)
    else this.#body.part(kept)
  }

  whole(trailers: readonly string[]): void {
    this.#trailers = trailers
    this.#finish()
  }

  /** Whether the connection has nothing left to send or to read of it, and may be used again. */
  isClean(): boolean {
    return this.#upload?.isSent() === true && this.#head?.persists === true
  }

  /** `timeout=...` and the like, which the answer said about its connection. */
  keepAlive(): string | undefined {
    return this.#head?.keepAlive
  }

  /** All that was read at once has been taken: whoever waits is told. */
  taken(nowMs: number): void {
    const head = this.#head
    if (head === undefined || this.#stage !== 'sending') return
    this.#enter('answering', nowMs)
    this.#body = new FlowingBody(this, this.#parts)
    this.#resolve(this.#answerOf(head, this.#body))
  }

  #finish(): void {
    const early = this.#stage === 'sending' ? this.#head : undefined
    this.#stage = 'over'
    // An answer may come before the upload is over; what is left of it is nobody's any more.
    this.#upload?.stop()
    if (early === undefined) this.#body?.over('whole')
    else this.#resolve(this.#answerOf(early, new WholeBody(this.#parts)))
    this.request.over?.(undefined)
  }

  #answerOf({ status, reason, headers }: AnswerHead, body: FlowingBody | WholeBody): UpstreamAnswer {
    const sent = this.#upload?.isSent() === true
    return { ok: true, status, reason, headers, body, trailers: () => this.#trailers, requestSent: () => sent }
  }

  /** It ends with a fault, and its connection with it. */
  fail(fault: UpstreamFault): void {
    if (this.#stage === 'over') return
    const answered = this.#stage === 'answering'
    this.#stage = 'over'
    this.#upload?.stop()
    this.#carrier?.drop()
    if (answered) this.#body?.over(fault)
    else this.#resolve(fault)
    this.request.over?.(fault)
  }

  #failAs(fault: FaultKind, detail: string): void {
    const sent = this.#stage === 'waiting' || this.#stage === 'connecting' ? 'nothing' : 'maybe'
    this.fail({ ok: false, fault, detail, sent })
  }

  pause(): void {
    this.#paused = true
    if (this.#stage !== 'over') this.#carrier?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#deadline.move()
    if (this.#stage !== 'over') this.#carrier?.resume()
  }

  /** Nobody wants the rest of the answer. */
  drop(): void {
    if (this.#stage === 'over') return
    this.#stage = 'over'
    this.#upload?.stop()
    this.#carrier?.drop()
    this.request.over?.(undefined)
  }
}
