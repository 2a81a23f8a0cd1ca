import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'

/** An agent that keeps idle connections, and ends one that speaks while nobody asked. */
export type KeepAliveAgent = HttpAgent | HttpsAgent

const settings: AgentOptions = { keepAlive: true, maxFreeSockets: 256, scheduling: 'lifo', timeout: 60_000 }

/** An agent for `http:` upstreams. */
export function buildHttpAgent(): KeepAliveAgent {
  return guarded(new HttpAgent(settings))
}

/** An agent for `https:` upstreams that trusts `ca` (PEM), or the system's authorities when it is undefined. */
export function buildHttpsAgent(ca: string | undefined): KeepAliveAgent {
  return guarded(new HttpsAgent({ ...settings, ...(ca === undefined ? {} : { ca }) }))
}

interface SocketHooks {
  keepSocketAlive(socket: Duplex): boolean
}

/**
 * Bytes that arrive on an idle connection belong to no request; left in the socket they would answer the next
 * one, of another client (CVE-2026-48931). So a kept connection is listened to for as long as it lives, and ended
 * when it speaks while nobody else listens. Once a connection: a listener put on and off for each request costs
 * more than the agent itself.
 */
function guarded(agent: KeepAliveAgent): KeepAliveAgent {
  const hooks = agent as unknown as SocketHooks
  const keep = hooks.keepSocketAlive.bind(agent)
  const known = new WeakSet<Duplex>()
  hooks.keepSocketAlive = (socket) => {
    if (socket.readableLength > 0) return false
    if (!known.has(socket)) {
      known.add(socket)
      socket.on('data', () => socket.listenerCount('data') > 1 || socket.destroy())
    }
    return keep(socket)
  }
  return agent
}
