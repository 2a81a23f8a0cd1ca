import { Agent, request as httpRequest } from 'node:http'
import { onTestFinished } from 'vitest'
import type { CapabilityStatus, HoldRequest, ReleaseAnswer } from '../src/admin/admin-api.ts'
import type { EdgeUnderTest } from './edge-fixture.ts'
import { eventually } from './eventually.ts'

/** Bounds that no test reaches by accident. */
export const roomy = { maxHoldMs: 20_000, maxRequests: 10_000, maxBytes: 64 * 1024 * 1024 }

/** An edge as a cutover asks it: statuses and bodies of its calls. */
export interface Cutover {
  hold(epoch: number, bounds?: Partial<HoldRequest>): Promise<Answer>
  drained(epoch: number, withinMs: number): Promise<Answer>
  fenced(epoch: number): Promise<Answer>
  owner(owner: string, epoch: number): Promise<Answer>
  release(owner: string, epoch: number): Promise<ReleaseAnswer>
  status(): Promise<CapabilityStatus>
  /** Resolves when so many requests are held. */
  holds(held: number): Promise<unknown>
}

/** A call's answer. */
export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Speaks to an edge about one capability. */
export function cutoverOf(edge: Pick<EdgeUnderTest, 'admin' | 'status'>, capability = 'users'): Cutover {
  const call = async (path: string, body: object): Promise<Answer> => {
    const answer = await edge.admin('POST', path, { capability, ...body })
    return { status: answer.status, body: JSON.parse(answer.body) }
  }
  const status = async () => {
    const found = (await edge.status()).capabilities.find((each) => each.capability === capability)
    if (found === undefined) throw new Error(`no ${capability}`)
    return found
  }
  return {
    hold: (epoch, bounds = {}) => call('/hold', { epoch, ...roomy, ...bounds }),
    drained: (epoch, withinMs) => call('/drained', { epoch, withinMs }),
    fenced: (epoch) => call('/fenced', { epoch }),
    owner: (owner, epoch) => call('/owner', { owner, epoch }),
    release: async (owner, epoch) => (await call('/release', { owner, epoch })).body as unknown as ReleaseAnswer,
    status,
    holds: (held) => eventually(async () => (await status()).hold?.held === held),
  }
}

/** What a client got for one write: status 0 is a connection that broke. */
export interface Written {
  readonly id: string
  readonly status: number
  readonly body: string
}

/** A client with one kept connection, that writes one thing after the other. */
export function buildWriter(address: string): (id: string, body?: string) => Promise<Written> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return (id, body = '{}') =>
    new Promise((resolve) => {
      const headers = {
        'x-request-id': id,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }
      const request = httpRequest(`${address}/api/customers/7`, { method: 'PUT', agent, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ id, status: response.statusCode ?? 0, body: text }))
      })
      request.on('error', () => resolve({ id, status: 0, body: '' }))
      request.end(body)
    })
}

/** How often an upstream executed each request id. */
export function executions(...upstreams: { readonly seen: readonly { headers: Record<string, unknown> }[] }[]) {
  const counts = new Map<string, number>()
  for (const { seen } of upstreams) {
    for (const { headers } of seen) {
      const id = String(headers['x-request-id'])
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return counts
}
