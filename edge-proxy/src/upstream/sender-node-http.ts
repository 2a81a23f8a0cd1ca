import { readFileSync } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf, systemCodeOf } from '@banyan/toolkit/base'
import { buildHttpAgent, buildHttpsAgent, type KeepAliveAgent } from './keep-alive-agent.ts'
import {
  defaultTimeouts,
  type FaultKind,
  type Sender,
  type Sending,
  type UpstreamAnswer,
  type UpstreamFault,
  type UpstreamRequest,
} from './sender.ts'
import { streamBody } from './stream-body.ts'

const maxAnswerHeaderBytes = 64 * 1024
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * A sender on node:http and node:https with kept connections. A request without a body and with an idempotent
 * method that meets a connection which the upstream had just closed is sent once more, on a fresh one
 * (RFC 9112, section 9.3.1); nothing else is ever sent twice.
 */
export function buildNodeHttpSender(): Sender {
  const agents = new Map<string, KeepAliveAgent>()
  const agentOf = (request: UpstreamRequest) => {
    const { caFile } = request.upstream
    const key = request.url.protocol === 'https:' ? `https ${caFile ?? ''}` : 'http'
    const known = agents.get(key)
    if (known !== undefined) return known
    const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
    const agent = request.url.protocol === 'https:' ? buildHttpsAgent(ca) : buildHttpAgent()
    agents.set(key, agent)
    return agent
  }
  return {
    send: (request) => send(request, agentOf),
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

type StaleFault = UpstreamFault & { readonly stale: true }
type Ended = UpstreamAnswer | UpstreamFault | StaleFault

/** The state of one sending, over both of its attempts. */
interface Attempts {
  outgoing: ClientRequest | undefined
  left: boolean
}

function send(request: UpstreamRequest, agentOf: (request: UpstreamRequest) => KeepAliveAgent): Sending {
  const attempts: Attempts = { outgoing: undefined, left: false }
  const answer = new Promise<UpstreamAnswer | UpstreamFault>((settle) => {
    const resolve = (end: UpstreamAnswer | UpstreamFault) => {
      if (!end.ok) request.over?.(end)
      settle(end)
    }
    const begin = (agent: () => KeepAliveAgent | false, ended: (end: Ended) => void) => {
      try {
        exchange(request, { agent: agent(), attempts, ended })
      } catch (error) {
        resolve({ ok: false, fault: 'upstream-unreachable', detail: messageOf(error), sent: 'nothing' })
      }
    }
    begin(
      () => agentOf(request),
      (first) => {
        if (first.ok || !('stale' in first) || attempts.left || !mayRepeat(request)) resolve(first)
        else begin(() => false, resolve)
      },
    )
  })
  const leave = () => {
    attempts.left = true
    attempts.outgoing?.destroy()
  }
  return { answer, leave }
}

function mayRepeat(request: UpstreamRequest): boolean {
  return idempotent.has(request.method) && request.body === undefined
}

interface Exchange {
  readonly agent: KeepAliveAgent | false
  readonly attempts: Attempts
  /** Called at least once; only the first time counts. */
  ended(end: Ended): void
}

function exchange(request: UpstreamRequest, { agent, attempts, ended }: Exchange): void {
  const outgoing = open(request, agent)
  const began = performance.now()
  if (request.notes !== undefined) {
    request.notes.url = request.url.origin
    request.notes.attempts += 1
  }
  attempts.outgoing = outgoing
  const watch = watchTime(request, outgoing)
  let over = false
  const end = (ending: Ended) => {
    if (over) return
    over = true
    watch.stop()
    ended(ending)
  }
  outgoing.on('close', () => {
    // Its connection may serve another request by now: leaving must not end that one.
    if (attempts.outgoing === outgoing) attempts.outgoing = undefined
    // Node ends some broken exchanges with neither an answer nor an error.
    end({ ok: false, fault: 'upstream-closed', detail: 'the connection was closed', sent: 'maybe' })
  })
  outgoing.on('upgrade', (_answer, socket) => {
    socket.destroy()
    end({ ok: false, fault: 'upstream-invalid', detail: 'status 101, for which nobody asked', sent: 'maybe' })
  })
  outgoing.on('response', (answer) => {
    if (request.notes !== undefined) request.notes.headMs = performance.now() - began
    end(answered(request, outgoing, answer))
  })
  outgoing.on('error', (error) => {
    const { expired, connected } = watch.state()
    end(faultOf(error, { outgoing, expired, connected, left: attempts.left }))
  })
  outgoing.on('information', ({ statusCode, rawHeaders }) => {
    if (statusCode === 103) request.informed?.(statusCode, rawHeaders)
  })
  if (request.body === undefined || Buffer.isBuffer(request.body)) outgoing.end(request.body)
  else {
    request.bodyWanted?.()
    request.body.pipe(outgoing)
  }
}

function open(request: UpstreamRequest, agent: KeepAliveAgent | false): ClientRequest {
  const { url, method, target, headers, upstream } = request
  const secure = url.protocol === 'https:'
  const hostname = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  const ca = agent === false && secure && upstream.caFile !== undefined ? { ca: readFileSync(upstream.caFile) } : {}
  const outgoing = (secure ? httpsRequest : httpRequest)({
    hostname,
    port: url.port === '' ? (secure ? 443 : 80) : url.port,
    method,
    path: target,
    headers: headers as string[],
    agent,
    maxHeaderSize: maxAnswerHeaderBytes,
    ...ca,
  })
  // Node's own limit drops header lines silently, and framing with them (CVE-2026-58044); the size is bounded above.
  outgoing.maxHeadersCount = 0
  return outgoing
}

function answered(
  request: UpstreamRequest,
  outgoing: ClientRequest,
  answer: IncomingMessage,
): UpstreamAnswer | UpstreamFault {
  const status = answer.statusCode ?? 0
  if (status < 200 || status > 599) {
    outgoing.on('error', () => undefined)
    outgoing.destroy()
    return { ok: false, fault: 'upstream-invalid', detail: `status ${status}`, sent: 'maybe' }
  }
  // An upload that the upstream did not want to see whole: the connection holds its rest and is of no more use.
  if (request.body !== undefined) answer.on('end', () => outgoing.writableFinished || outgoing.destroy())
  return {
    ok: true,
    status,
    reason: answer.statusMessage ?? '',
    headers: answer.rawHeaders,
    body: streamBody(answer, (fault) => request.over?.(fault)),
    trailers: () => answer.rawTrailers,
    requestSent: () => outgoing.writableEnded,
  }
}

type Expired = 'connect' | 'client' | 'answer' | undefined

interface WatchState {
  /** What was waited for too long. */
  readonly expired: Expired
  readonly connected: boolean
}

interface Watch {
  stop(): void
  state(): WatchState
}

/** One timer a request: for the connection first, then for the answer, put back by each part of the upload. */
function watchTime(request: UpstreamRequest, outgoing: ClientRequest): Watch {
  const { connectMs, headerMs } = request.timeouts ?? defaultTimeouts(request.upstream)
  const upload = Buffer.isBuffer(request.body) ? undefined : request.body
  let expired: Expired
  let connected = false
  let stopped = false
  const expire = () => {
    const waitsForClient = upload !== undefined && !outgoing.writableEnded && !outgoing.writableNeedDrain
    expired = connected ? (waitsForClient ? 'client' : 'answer') : 'connect'
    outgoing.destroy()
  }
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    if (connected || stopped) return
    connected = true
    clearTimeout(timer)
    timer = setTimeout(expire, headerMs)
  }
  // Node gives each request its socket, kept or new, in the next tick.
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket || stopped) return begin()
    timer = setTimeout(expire, connectMs)
    socket.once(request.url.protocol === 'https:' ? 'secureConnect' : 'connect', begin)
  })
  const progress = () => timer?.refresh()
  upload?.on('data', progress)
  const stop = () => {
    stopped = true
    clearTimeout(timer)
    upload?.off('data', progress)
  }
  return { stop, state: () => ({ expired, connected }) }
}

interface Circumstances extends WatchState {
  readonly outgoing: ClientRequest
  readonly left: boolean
}

function faultOf(error: Error, { outgoing, expired, connected, left }: Circumstances): UpstreamFault | StaleFault {
  const fault = (kind: FaultKind, detail = messageOf(error)): UpstreamFault => ({
    ok: false,
    fault: kind,
    detail,
    sent: connected ? 'maybe' : 'nothing',
  })
  if (left) return fault('client-gone', 'the client left')
  if (expired === 'connect') return fault('upstream-connect-timeout', 'no connection in time')
  if (expired === 'client') return fault('client-slow', 'the client stopped sending its body')
  if (expired === 'answer') return fault('upstream-timeout', 'no answer in time')
  const code = systemCodeOf(error) ?? ''
  if (code.startsWith('HPE_')) return fault('upstream-invalid')
  if (!connected) return fault('upstream-unreachable')
  if (outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE'))
    return { ...fault('upstream-closed'), stale: true }
  return fault('upstream-closed')
}
