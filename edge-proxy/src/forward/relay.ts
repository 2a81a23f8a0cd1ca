import type { ServerResponse } from 'node:http'
import { exposedHeaders } from '../observe/exposed-headers.ts'
import type { Outcome, Passage } from '../passage/passage.ts'
import { cookieFor } from '../request/caller.ts'
import { drainUpload } from '../request/drain-upload.ts'
import { rewriteAnswer } from '../rewrite/rewrite-answer.ts'
import type { BodyReader, UpstreamAnswer, UpstreamFault } from '../upstream/sender.ts'
import { apart, giveBack } from '../upstream/spare-buffers.ts'
import { type LateWriter, writeTogether } from '../upstream/write-together.ts'
import { answerFault } from './answer-fault.ts'
import { answerHeaders } from './answer-headers.ts'
import { isWholeWrite } from './request-body.ts'
import { passableTrailers } from './trailers.ts'

/** A whole body up to so many bytes goes out in one string with its head, which costs less than two buffers. */
const maxJoinedBytes = 8 * 1024

/**
 * Sends an answer to the client as fast as the client takes it. An answer that its upstream cuts is cut for the client
 * too, never completed.
 */
export function relay(answer: UpstreamAnswer, passage: Passage, draining: boolean): Promise<Outcome> | Outcome {
  if (begin(answer, passage, draining)) return new Promise((resolve) => new Relay(answer, passage, resolve).start())
  answer.body.drop()
  const detail = 'a header that HTTP does not allow'
  return answerFault({ ok: false, fault: 'upstream-invalid', detail, sent: 'maybe' }, passage)
}

/** False when the answer's head cannot be written: Node refuses control characters in it. */
function begin(answer: UpstreamAnswer, passage: Passage, draining: boolean): boolean {
  const { response, request } = passage
  const headers = answerHeaders(rewritten(answer, passage), answer.status, {
    requestId: request.id,
    setCookie: cookieOfAnswer(answer, passage),
    added: passage.answerLines,
    exposed: exposedHeaders(passage),
    close: draining || (!answer.requestSent() && request.framing.kind !== 'none'),
  })
  try {
    response.writeHead(answer.status, answer.reason, headers)
  } catch {
    return false
  }
  return true
}

/** The answer's header lines, as its route wants them to be. */
function rewritten({ headers }: UpstreamAnswer, { matched, decision, fallback, notes }: Passage): readonly string[] {
  const rule = matched.kind === 'route' ? matched.route.rewrite : undefined
  if (rule === undefined) return headers
  return rewriteAnswer(headers, rule, notes.fallback === undefined ? decision.served : (fallback ?? decision.served))
}

/** Only a share tells callers apart; and a cookie must not get into a cache that many share. */
function cookieOfAnswer(answer: UpstreamAnswer, { tellsCallersApart, caller }: Passage): string | undefined {
  if (!tellsCallersApart) return undefined
  for (let i = 0; i < answer.headers.length; i += 2) {
    if (answer.headers[i]?.toLowerCase() !== 'cache-control') continue
    if (/\bpublic\b|\bs-maxage\b/i.test(answer.headers[i + 1] ?? '')) return undefined
  }
  return cookieFor(caller)
}

const nothing = Buffer.alloc(0)

/** One answer on its way to the client. */
class Relay implements BodyReader, LateWriter {
  readonly #answer: UpstreamAnswer
  readonly #passage: Passage
  readonly #resolve: (outcome: Outcome) => void
  #state: 'begun' | 'whole' | 'cut' = 'begun'
  #cutBy: UpstreamFault | undefined
  #begun = false
  #held = false
  /** Set while the rest is read for nobody, only to see the upstream end. */
  #readingAway: NodeJS.Timeout | undefined

  constructor(answer: UpstreamAnswer, passage: Passage, resolve: (outcome: Outcome) => void) {
    this.#answer = answer
    this.#passage = passage
    this.#resolve = resolve
  }

  start(): void {
    const { response } = this.#passage
    const { body } = this.#answer
    if (response.closed) {
      this.#isClosed()
      if (this.#readingAway !== undefined) body.readBy(this)
      return
    }
    response.on('close', () => this.#isClosed())
    if (body.whole !== undefined && this.#answer.trailers().length === 0) return void writeTogether(this)
    body.readBy(this)
    // What has come of the body goes out with the head; without any (server-sent events), the head must not wait for it.
    if (!this.#begun && this.#state === 'begun') response.flushHeaders()
  }

  /** The whole answer, which came together with its head. */
  writeNow(): void {
    const { response, answerCopy } = this.#passage
    const body = this.#answer.body.whole ?? nothing
    if (response.closed) return
    this.#state = 'whole'
    if (body.length > 0) answerCopy?.add(apart(body))
    if (!this.#hasWholeRequest()) {
      response.write(body)
      this.#finish()
    } else if (body.length > maxJoinedBytes) {
      response.write(body, whenSent(body))
      response.socket?.uncork()
      response.end()
    } else if (body.length > 0) endJoined(response, body)
    else response.end()
  }

  part(bytes: Buffer): void {
    const { response, answerCopy } = this.#passage
    if (this.#readingAway !== undefined) return
    answerCopy?.add(apart(bytes))
    this.#begun = true
    if (response.write(bytes, whenSent(bytes)) || response.destroyed || this.#held) return
    this.#held = true
    afterWrite(() => this.#holdBack())
  }

  /** What the kernel took at once holds nobody back. */
  #holdBack(): void {
    const { response } = this.#passage
    this.#held = response.writableNeedDrain
    if (!this.#held) return
    this.#answer.body.pause()
    response.once('drain', () => {
      this.#held = false
      this.#answer.body.resume()
    })
  }

  ended(): void {
    this.#state = 'whole'
    if (this.#readingAway !== undefined) return void this.#settle()
    const trailers = passableTrailers(this.#answer.trailers())
    if (trailers.length > 0) this.#passage.response.addTrailers(pairsOf(trailers))
    this.#finish()
  }

  cut(fault: UpstreamFault): void {
    this.#state = 'cut'
    this.#cutBy = fault
    if (this.#readingAway !== undefined) this.#settle()
    else cutVisibly(this.#passage)
  }

  #finish(): void {
    const { request, response } = this.#passage
    if (this.#hasWholeRequest()) response.end()
    else void drainUpload(request.raw).then(() => response.end())
  }

  #hasWholeRequest(): boolean {
    const { request } = this.#passage
    return request.framing.kind === 'none' || request.raw.complete
  }

  /** A whole write is over when its upstream says so: its answer is read to the end, for a bounded time. */
  #isClosed(): void {
    const isThere = this.#state !== 'begun' || this.#answer.body.whole !== undefined
    if (isThere || !isWholeWrite(this.#passage)) return void this.#settle()
    this.#readingAway = setTimeout(() => this.#settle(), this.#passage.decision.served.timeoutMs)
    this.#answer.body.resume()
  }

  #settle(): void {
    clearTimeout(this.#readingAway)
    this.#answer.body.drop()
    this.#resolve(this.#outcome())
  }

  #outcome(): Outcome {
    const { status, headers } = this.#answer
    if (this.#readingAway !== undefined) return { kind: 'cut', status, by: 'client', detail: undefined }
    if (this.#state === 'whole' && this.#passage.response.writableFinished) return { kind: 'answered', status, headers }
    return { kind: 'cut', status, ...whoCut(this.#cutBy) }
  }
}

/** No fault of the sending side: the client's connection ended first. */
function whoCut(fault: UpstreamFault | undefined): Pick<Extract<Outcome, { kind: 'cut' }>, 'by' | 'detail'> {
  if (fault === undefined || fault.fault === 'client-gone') return { by: 'client', detail: undefined }
  return { by: fault.fault === 'edge-closed' ? 'edge' : 'upstream', detail: fault.detail }
}

/** What to call when bytes have gone to the client: nobody needs them any more. */
function whenSent(bytes: Buffer): (error?: Error | null) => void {
  return (error) => {
    if (error === null || error === undefined) giveBack(bytes)
  }
}

/** Node tries a write in the tick behind this one, and tells in the next one whether it was taken. */
function afterWrite(look: () => void): void {
  process.nextTick(process.nextTick, look)
}

/**
 * Ends an answer in one system call for head and body. Node itself would gather what `end` writes, its empty last piece too, and a
 * gathering write costs half as much again.
 */
function endJoined(response: ServerResponse, body: Buffer): void {
  response.write(body.toString('latin1'), 'latin1')
  response.socket?.uncork()
  response.end()
}

/** A client of HTTP/1.0 takes the end of its connection for that of its answer: only a reset tells them apart. */
function cutVisibly({ request, response }: Passage): void {
  const { socket } = response
  // In TLS the end that nobody announced tells it.
  if (request.raw.httpVersionMinor === 0 && socket !== null && !('encrypted' in socket)) socket.resetAndDestroy()
  response.destroy()
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at < flat.length; at += 2) pairs.push([flat[at] ?? '', flat[at + 1] ?? ''])
  return pairs
}
