import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import httpProxy from 'http-proxy'
import type { EdgeParts } from '../edge-parts.ts'
import { answerHeaders } from '../forward/answer-headers.ts'
import { upstreamHeaders } from '../forward/upstream-headers.ts'
import { upgradeRefusal } from '../hold/hold-refusal.ts'
import { identify } from '../identity/identify.ts'
import { choosePassage } from '../passage/choose-passage.ts'
import type { Outcome, Passage } from '../passage/passage.ts'
import { goesToOwner, takeRoute } from '../passage/take-route.ts'
import { type EdgeRequest, readRequest } from '../request/edge-request.ts'
import { viaName } from '../request/identifiers.ts'
import { problemBytes } from '../request/problem-answer.ts'
import type { TunnelTry } from '../upstream/policy/open-tunnel.ts'
import type { UpstreamFault } from '../upstream/sender.ts'
import { whyUnreachable } from '../upstream/why-unreachable.ts'
import { breakerOpen, refuseUpgrade, timedOut, unreachable } from './refuse-upgrade.ts'
import { tunnelTarget } from './tunnel-target.ts'
import { watchLeaving } from './watch-leaving.ts'
import { isHandshake, isHandshakeAnswer } from './web-socket-handshake.ts'
import { endWith, failHandshake, refuse, respondTo, servePlain, type UpgradeRequest } from './without-tunnel.ts'

/** The upgraded connections of an edge. */
export interface Upgrades {
  /** Serves an upgrade request by the same reading, route table, decision and headers as any other request. */
  handle(upgrade: UpgradeRequest): void
  /** Ends all; or those that go to the owner of one capability, which has moved: their clients connect anew, to the new one. Says how many. */
  closeTunnels(capability?: string): number
}

/**
 * Builds the only user of http-proxy: it carries WebSocket connections. Its web path is not used, see
 * docs/decisions/0001-http-proxy-serves-upgrades-only.md.
 */
export function buildUpgrades(edge: EdgeParts): Upgrades {
  // toProxy: the path goes on as it is, instead of through url.parse, which rewrites it.
  const proxy = httpProxy.createProxyServer({ toProxy: true })
  const tunnels: Tunnels = new Map()
  const passages = new WeakMap<IncomingMessage, Carried>()
  proxy.on('proxyReqWs', (outgoing, request, socket) => {
    const carried = passages.get(request)
    if (carried !== undefined) watchHandshake(outgoing, { ...carried, socket, tunnels, edge })
  })
  const enter = (known: EdgeRequest, upgrade: UpgradeRequest) => {
    const { request, socket, head } = upgrade
    const route = takeRoute(known, edge)
    const refusal = refuseUpgrade(known.target, route, edge)
    if (refusal !== undefined) return refuse(socket, refusal, edge)
    const admission = edge.limits.admit(known, route)
    if (admission.kind === 'refused') return refuse(socket, admission.refusal, edge)
    const incoming = { request, response: respondTo(upgrade), expectsContinue: false }
    const arrived = { request: known, incoming, heldMs: undefined, answerLines: admission.headers }
    const passage = unshadowed(choosePassage(route, arrived, edge))
    const opening = edge.upstreams.tunnel(passage.decision.served)
    if (!opening.ok) return stop(passage, opening, { socket, edge })
    const toOwner = goesToOwner(route.matched) ? route.capability?.name : undefined
    const carried = { passage, toOwner, opening }
    passages.set(request, carried)
    try {
      request.headers = headersOf(passage, opening.url)
      request.url = known.target
      const target = tunnelTarget(passage.decision.served, opening)
      proxy.ws(request, socket, head, target, (error) => failTunnel(error, { ...carried, socket, tunnels, edge }))
    } catch (error) {
      opening.failed('client-gone')
      throw error
    }
  }
  const enterSafely = (known: EdgeRequest, upgrade: UpgradeRequest) => {
    try {
      enter(known, upgrade)
    } catch (error) {
      failHandshake(error, upgrade, edge)
    }
  }
  return {
    handle: (upgrade) => {
      const { request, socket } = upgrade
      socket.on('error', () => socket.destroy())
      // Another answer is on its way on this connection: nobody else may write to it.
      if (edge.inFlight.isBusy(socket) || !edge.inFlight.takesMore(socket)) return void socket.destroy()
      if (!isHandshake(request)) return servePlain(upgrade, edge)
      const reading = readRequest(request, edge.trusts)
      if (reading.kind === 'refused') return refuse(socket, reading.refusal, edge)
      if (reading.kind === 'server-wide') return servePlain(upgrade, edge)
      const identified = identify(reading.request, edge.identify)
      if (!(identified instanceof Promise)) return enterSafely(identified, upgrade)
      identified
        .then((known) => enterSafely(known, upgrade))
        .catch((error: unknown) => failHandshake(error, upgrade, edge))
    },
    closeTunnels: (capability) => {
      const ended = [...tunnels].filter(([, toOwner]) => capability === undefined || capability === toOwner)
      for (const [socket] of ended) socket.destroy()
      return ended.length
    },
  }
}

/** What passes in a tunnel is no answer that could be compared: nobody is to wait for a verdict. */
function unshadowed(passage: Passage): Passage {
  return { ...passage, decision: { ...passage.decision, shadow: undefined } }
}

function headersOf({ request, decision }: Passage, url: URL): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { connection: 'Upgrade', upgrade: 'websocket' }
  const flat = upstreamHeaders(request, decision.served, url)
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] ?? '').toLowerCase()
    const value = flat[i + 1] ?? ''
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return headers
}

/** Open connections, with the capability whose owner they go to. */
type Tunnels = Map<Socket, string | undefined>

interface Carried {
  readonly passage: Passage
  /** The capability whose owner the connection goes to; undefined where no owner decided. */
  readonly toOwner: string | undefined
  /** Tells the upstream's policies what came of the handshake. */
  readonly opening: TunnelTry
}

interface Tunnel extends Carried {
  readonly socket: Socket
  readonly tunnels: Tunnels
  readonly edge: EdgeParts
}

function watchHandshake(outgoing: ClientRequest, tunnel: Tunnel): void {
  const { passage, socket, opening } = tunnel
  outgoing.once('close', () => opening.failed('client-gone'))
  outgoing.setTimeout(passage.decision.served.timeoutMs, () => outgoing.destroy(late))
  socket.once('close', () => outgoing.destroy())
  // http-proxy adds its listeners after it has called this function.
  process.nextTick(() => guardAnswer(outgoing, tunnel))
}

/** Puts checks before http-proxy's listeners: it would open any 101, and garble a refusal that is chunked. */
function guardAnswer(outgoing: ClientRequest, tunnel: Tunnel): void {
  const openTunnel = outgoing.listeners('upgrade')
  const readOn = watchLeaving(tunnel.socket)
  outgoing.removeAllListeners('upgrade').removeAllListeners('response')
  outgoing.once('response', (answer: IncomingMessage) => relayRefusal(answer, tunnel))
  outgoing.once('upgrade', (answer: IncomingMessage, upstreamSocket: Socket, head: Buffer) => {
    if (!isHandshakeAnswer(tunnel.passage.request.raw, answer)) {
      upstreamSocket.destroy()
      failTunnel(new Error('the upstream accepted another handshake'), tunnel)
      return
    }
    if (tunnel.toOwner !== undefined && hasMoved(tunnel.toOwner, tunnel)) {
      upstreamSocket.destroy()
      hasAnswered(tunnel, 101)
      refuse(tunnel.socket, upgradeRefusal(tunnel.toOwner), tunnel.edge)
      return
    }
    readOn()
    joinSockets(answer, upstreamSocket, tunnel)
    for (const listener of openTunnel) Reflect.apply(listener, outgoing, [answer, upstreamSocket, head])
  })
}

/** Whether the owner moved while its upstream thought about the handshake: those that were open by then have been closed, and this would be none of them. */
function hasMoved(capability: string, { passage, edge }: Tunnel): boolean {
  return edge.table().capabilities.get(capability)?.owner !== passage.table.capabilities.get(capability)?.owner
}

/** Either end takes the other with it: http-proxy leaves one open when the other vanishes. */
function joinSockets(answer: IncomingMessage, upstreamSocket: Socket, tunnel: Tunnel): void {
  const { passage, toOwner, socket, tunnels } = tunnel
  passage.response.detachSocket(socket)
  tunnels.set(socket, toOwner)
  upstreamSocket.once('close', () => socket.destroySoon())
  socket.once('close', () => {
    tunnels.delete(socket)
    upstreamSocket.destroy()
  })
  hasAnswered(tunnel, 101)
  answer.headers['x-request-id'] = passage.request.id
  answer.headers.via = `1.1 ${viaName}`
  count(tunnel, answeredWith(101))
}

/** The upstream works, whatever it said. */
function hasAnswered({ opening, passage, edge }: Tunnel, status: number): void {
  opening.answered(status)
  edge.upstreamErrors.answered(passage.decision.served)
}

function relayRefusal(answer: IncomingMessage, tunnel: Tunnel): void {
  const { response, request } = tunnel.passage
  const status = answer.statusCode ?? 0
  if (status < 200 || status > 599) {
    failTunnel(new Error(`status ${status}`), tunnel)
    return
  }
  hasAnswered(tunnel, status)
  const headers = answerHeaders(answer.rawHeaders, status, { requestId: request.id, setCookie: undefined, close: true })
  response.writeHead(status, headers)
  answer.on('error', () => response.destroy())
  answer.pipe(response)
  response.once('finish', () => tunnel.socket.destroySoon())
  count(tunnel, answeredWith(status))
}

function failTunnel(error: Error, tunnel: Tunnel): void {
  const { passage, socket, tunnels, edge, opening } = tunnel
  const { request, decision, response } = passage
  const { fault, refusal } = error === late ? timedOut(decision.served) : unreachable(decision.served)
  opening.failed(socket.destroyed ? 'client-gone' : fault)
  if (tunnels.has(socket) || response.headersSent) return void socket.destroy()
  if (socket.destroyed) return void count(tunnel, clientGone)
  endWith(socket, problemBytes(refusal, request.id))
  edge.upstreamErrors.failed(decision.served, fault, whyUnreachable(error))
  count(tunnel, answeredWith(refusal.status))
}

/** Its upstream is left alone for a moment. */
function stop(passage: Passage, fault: UpstreamFault, { socket, edge }: Pick<Tunnel, 'socket' | 'edge'>): void {
  const refusal = breakerOpen(passage.decision.served.name, fault)
  endWith(socket, problemBytes(refusal, passage.request.id))
  count({ passage, edge }, answeredWith(refusal.status))
}

function count({ passage, edge }: Pick<Tunnel, 'passage' | 'edge'>, outcome: Outcome): void {
  const { decision, request } = passage
  const tookMs = performance.now() - request.startedMs
  const arm = decision.arm ?? decision.served.name
  edge.stats.observe({ route: decision.route, arm, status: outcome.status, tookMs, failed: false })
  edge.log.served(passage, outcome)
}

/** The one error that says so. */
const late = new Error('no answer in time')
const clientGone: Outcome = { kind: 'fault', status: 499, fault: 'client-gone', detail: 'the client left' }

function answeredWith(status: number): Outcome {
  return { kind: 'answered', status, headers: [] }
}
