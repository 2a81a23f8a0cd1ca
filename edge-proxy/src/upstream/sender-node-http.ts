import { readFileSync } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf, systemCodeOf } from '@banyan/toolkit/base'
import { buildHttpAgent, buildHttpsAgent, type KeepAliveAgent } from './keep-alive-agent.ts'
import type { FaultKind, Sender, UpstreamAnswer, UpstreamFault, UpstreamRequest } from './sender.ts'

/** How long a connection may take to be made, in ms. */
const connectTimeoutMs = 5_000
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
    send: async (request) => {
      try {
        const first = await exchange(request, agentOf(request))
        if (first.ok || !('stale' in first) || !mayRepeat(request)) return first
        return await exchange(request, false)
      } catch (error) {
        return { ok: false, fault: 'upstream-unreachable', detail: messageOf(error) }
      }
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

function mayRepeat(request: UpstreamRequest): boolean {
  return idempotent.has(request.method) && request.body === undefined && !request.signal.aborted
}

type StaleFault = UpstreamFault & { readonly stale: true }

function exchange(
  request: UpstreamRequest,
  agent: KeepAliveAgent | false,
): Promise<UpstreamAnswer | UpstreamFault | StaleFault> {
  return new Promise((resolve) => {
    const outgoing = open(request, agent)
    const watch = watchTime(request, outgoing)
    const leave = () => outgoing.destroy()
    request.signal.addEventListener('abort', leave, { once: true })
    outgoing.on('close', () => {
      request.signal.removeEventListener('abort', leave)
      watch.stop()
      // Does nothing after an answer or an error; Node ends some broken exchanges with neither.
      resolve({ ok: false, fault: 'upstream-closed', detail: 'the connection was closed' })
    })
    outgoing.on('upgrade', (_answer, socket) => {
      socket.destroy()
      resolve({ ok: false, fault: 'upstream-invalid', detail: 'status 101, for which nobody asked' })
    })
    outgoing.on('response', (answer) => {
      watch.stop()
      resolve(answered(request, outgoing, answer))
    })
    outgoing.on('error', (error) => {
      watch.stop()
      resolve(faultOf(error, { outgoing, ...watch.state(), left: request.signal.aborted }))
    })
    if (request.signal.aborted) leave()
    else if (request.body === undefined) outgoing.end()
    else request.body.pipe(outgoing)
  })
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
    return { ok: false, fault: 'upstream-invalid', detail: `status ${status}` }
  }
  // An upload that the upstream did not want to see whole: the connection holds its rest and is of no more use.
  answer.on('end', () => {
    if (request.body !== undefined && !outgoing.writableFinished) outgoing.destroy()
  })
  return {
    ok: true,
    status,
    reason: answer.statusMessage ?? '',
    headers: answer.rawHeaders,
    body: answer,
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
  let expired: Expired
  let connected = false
  const expire = () => {
    const waitsForClient = request.body !== undefined && !outgoing.writableEnded && !outgoing.writableNeedDrain
    expired = connected ? (waitsForClient ? 'client' : 'answer') : 'connect'
    outgoing.destroy()
  }
  let timer = setTimeout(expire, Math.min(connectTimeoutMs, request.upstream.timeoutMs))
  const begin = () => {
    if (connected || expired !== undefined) return
    connected = true
    clearTimeout(timer)
    timer = setTimeout(expire, request.upstream.timeoutMs)
  }
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) begin()
    else socket.once(request.url.protocol === 'https:' ? 'secureConnect' : 'connect', begin)
  })
  const progress = () => timer.refresh()
  request.body?.on('data', progress)
  const stop = () => {
    clearTimeout(timer)
    request.body?.off('data', progress)
  }
  return { stop, state: () => ({ expired, connected }) }
}

interface Circumstances extends WatchState {
  readonly outgoing: ClientRequest
  readonly left: boolean
}

function faultOf(error: Error, { outgoing, expired, connected, left }: Circumstances): UpstreamFault | StaleFault {
  const fault = (kind: FaultKind, detail = messageOf(error)): UpstreamFault => ({ ok: false, fault: kind, detail })
  if (left) return fault('client-gone', 'the client left')
  if (expired === 'connect') return fault('upstream-connect-timeout', `no connection within ${connectTimeoutMs} ms`)
  if (expired === 'client') return fault('client-slow', 'the client stopped sending its body')
  if (expired === 'answer') return fault('upstream-timeout', 'no answer in time')
  const code = systemCodeOf(error) ?? ''
  if (code.startsWith('HPE_')) return fault('upstream-invalid')
  if (!connected) return fault('upstream-unreachable')
  if (outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE'))
    return { ...fault('upstream-closed'), stale: true }
  return fault('upstream-closed')
}
