import type { ServerResponse } from 'node:http'
import { exposedHeaders } from '../observe/exposed-headers.ts'
import type { Outcome, Passage } from '../passage/passage.ts'
import { cookieFor } from '../request/caller.ts'
import { drainUpload } from '../request/drain-upload.ts'
import type { Framing } from '../request/framing.ts'
import { answerProblem } from '../request/problem-answer.ts'
import type { FaultKind, Sender, UpstreamAnswer, UpstreamFault } from '../upstream/sender.ts'
import { answerHeaders } from './answer-headers.ts'
import { upstreamHeaders } from './upstream-headers.ts'

/** What forwarding needs of the edge. */
export interface Forwarding {
  readonly sender: Sender
  draining(): boolean
}

/**
 * Sends a request upstream and its answer back, both as streams with back-pressure. When the client leaves, the
 * upstream request ends, unless it is a whole write to a capability: that one may be executing, and is over when the
 * upstream says so. When the upstream cuts its answer, so is the client's connection: never completed.
 */
export async function forward(passage: Passage, edge: Forwarding): Promise<Outcome> {
  const { request, response, decision, url } = passage
  if (passage.expectsContinue) response.writeContinue()
  const sending = edge.sender.send({
    upstream: decision.served,
    url,
    method: request.method,
    target: request.target,
    headers: upstreamHeaders(request, decision.served, url),
    body: bodyOf(passage),
    notes: passage.notes,
  })
  const leave = () => {
    if (!response.writableFinished && !isWholeWrite(passage)) sending.leave()
  }
  response.once('close', leave)
  if (response.closed) leave()
  const answer = await sending.answer
  return answer.ok ? relay(answer, passage, edge.draining()) : failed(answer, passage)
}

function isWholeWrite({ request, writesTo }: Passage): boolean {
  return writesTo !== undefined && (!hasBody(request.framing) || request.raw.readableEnded)
}

function hasBody(framing: Framing): boolean {
  return framing.kind === 'chunked' || (framing.kind === 'length' && framing.bytes > 0)
}

function bodyOf({ request, requestCopy }: Passage) {
  const { framing, raw } = request
  if (!hasBody(framing)) return undefined
  if (requestCopy !== undefined) raw.on('data', requestCopy.add)
  return raw
}

function relay(answer: UpstreamAnswer, passage: Passage, draining: boolean): Promise<Outcome> | Outcome {
  const { response, answerCopy } = passage
  if (!begin(answer, passage, draining)) {
    answer.body.drop()
    const detail = 'a header that HTTP does not allow'
    return failed({ ok: false, fault: 'upstream-invalid', detail, sent: 'maybe' }, passage)
  }
  return new Promise((resolve) => {
    let state: 'begun' | 'whole' | 'cut' = 'begun'
    let tell: () => void = () => undefined
    const over = (how: 'whole' | 'cut') => {
      state = how
      tell()
      if (how === 'whole') finish(passage)
      else response.destroy()
    }
    const part = (bytes: Buffer) => {
      answerCopy?.add(bytes)
      if (response.write(bytes) || response.destroyed) return
      answer.body.pause()
      response.once('drain', answer.body.resume)
    }
    answer.body.readBy({ part, ended: () => over('whole'), cut: () => over('cut') })
    const end = () => {
      const complete = state === 'whole' && response.writableFinished
      const outcome: Outcome = complete
        ? { kind: 'answered', status: answer.status, headers: answer.headers }
        : { kind: 'cut', status: answer.status, by: state === 'cut' ? 'upstream' : 'client' }
      const settle = () => {
        answer.body.drop()
        resolve(outcome)
      }
      if (state !== 'begun' || !isWholeWrite(passage)) return settle()
      const timer = setTimeout(settle, passage.decision.served.timeoutMs)
      tell = () => {
        clearTimeout(timer)
        settle()
      }
      answer.body.resume()
    }
    if (response.closed) end()
    else response.once('close', end)
  })
}

/** False when the answer's head cannot be written: Node refuses control characters in it. */
function begin(answer: UpstreamAnswer, passage: Passage, draining: boolean): boolean {
  const { response, request } = passage
  const headers = answerHeaders(answer.headers, answer.status, {
    requestId: request.id,
    setCookie: cookieOfAnswer(answer, passage),
    exposed: exposedHeaders(passage),
    close: draining || (!answer.requestSent() && request.framing.kind !== 'none'),
  })
  try {
    response.writeHead(answer.status, answer.reason, headers)
  } catch {
    return false
  }
  // Without a length the body may take its time (server-sent events): the head must not wait for it.
  if (!hasLength(answer.headers)) response.flushHeaders()
  return true
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

function hasLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.length === 14 && headers[i]?.toLowerCase() === 'content-length') return true
  }
  return false
}

function finish({ request, response }: Passage): void {
  if (request.framing.kind === 'none' || request.raw.complete) response.end()
  else void drainUpload(request.raw).then(() => response.end())
}

const statusOf: Readonly<Record<FaultKind, number>> = {
  'upstream-unreachable': 502,
  'upstream-connect-timeout': 504,
  'upstream-busy': 503,
  'upstream-breaker-open': 503,
  'upstream-closed': 502,
  'upstream-timeout': 504,
  'upstream-invalid': 502,
  'client-slow': 408,
  'client-gone': 499,
}

const titleOf: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

function failed(fault: UpstreamFault, passage: Passage): Outcome {
  const { request, response, decision } = passage
  const status = statusOf[fault.fault]
  if (fault.fault !== 'client-gone') {
    answerProblem(response, problemOf(fault, status, decision.served.name), request.id)
    closeAfterUpload(passage, response)
  }
  return { kind: 'fault', status, fault: fault.fault, detail: fault.detail }
}

/** The client learns which upstream failed and when; the cause (addresses, codes) is for the log. */
function problemOf(fault: UpstreamFault, status: number, upstream: string) {
  const detail = {
    'upstream-unreachable': `upstream "${upstream}" could not be reached; nothing was sent to it`,
    'upstream-connect-timeout': `upstream "${upstream}" did not accept a connection in time; nothing was sent to it`,
    'upstream-busy': `upstream "${upstream}" has no free connection; nothing was sent to it`,
    'upstream-breaker-open': `upstream "${upstream}" failed lately and is left alone for a moment; nothing was sent to it`,
    'upstream-closed': `upstream "${upstream}" closed the connection before it answered`,
    'upstream-timeout': `upstream "${upstream}" did not answer in time`,
    'upstream-invalid': `upstream "${upstream}" answered with something that is no valid HTTP`,
    'client-slow': 'the request body did not arrive in time',
    'client-gone': 'the client left',
  }[fault.fault]
  return { status, code: fault.fault, title: titleOf[status] ?? 'Bad Gateway', detail, close: false }
}

function closeAfterUpload({ request }: Passage, response: ServerResponse): void {
  if (!request.raw.complete && !response.destroyed) request.raw.resume()
}
