import type { Clock } from '@banyan/toolkit/base'
import type { HealthPolicy, Upstream } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'
import type { Sender } from '../sender.ts'
import { discard } from './ask.ts'
import type { Endpoint } from './endpoint.ts'
import { afterCheck, unknownHealth } from './health-state.ts'

/** Asks every endpoint of one upstream again and again whether it works. */
export interface HealthChecks {
  /** Checks these from now on, and no others. */
  follow(endpoints: readonly Endpoint[]): void
  close(): void
}

/** What checking needs. Its sender has connections of its own, so that checks do not wait behind requests. */
export interface CheckOptions {
  readonly upstream: Upstream
  readonly policy: HealthPolicy
  readonly sender: Sender
  readonly clock: Clock
  dice(): number
  readonly log: Logger
}

/** Each pause is up to this share shorter or longer, so that checks of many edges do not come together. */
const jitter = 0.1

/** Builds checks of no endpoint. */
export function buildHealthChecks(options: CheckOptions): HealthChecks {
  const { policy, clock, dice } = options
  const running = new Map<Endpoint, AbortController>()
  const run = async (endpoint: Endpoint, { signal }: AbortController) => {
    while (!signal.aborted) {
      const why = await check(endpoint, options)
      if (signal.aborted) return
      note(endpoint, why, options)
      const pauseMs = policy.everyMs * (1 + jitter * (2 * dice() - 1))
      await clock.sleep(pauseMs, signal).catch(() => undefined)
    }
  }
  const end = (endpoint: Endpoint, over: AbortController) => {
    over.abort()
    running.delete(endpoint)
    endpoint.health = unknownHealth
  }
  return {
    follow: (endpoints) => {
      for (const [endpoint, over] of running) if (!endpoints.includes(endpoint)) end(endpoint, over)
      for (const endpoint of endpoints) {
        if (running.has(endpoint)) continue
        const over = new AbortController()
        running.set(endpoint, over)
        void run(endpoint, over)
      }
    },
    close: () => {
      for (const [endpoint, over] of running) end(endpoint, over)
    },
  }
}

/** Undefined when it passed; otherwise why not. */
async function check({ url, address }: Endpoint, options: CheckOptions): Promise<string | undefined> {
  const { upstream, sender, policy } = options
  const { timeoutMs } = policy
  const sending = sender.send({
    ...{ upstream, url, address, method: 'GET', target: policy.path, body: undefined },
    headers: ['Host', url.host, 'User-Agent', 'banyan-health', 'Accept', '*/*'],
    timeouts: { connectMs: timeoutMs, headerMs: timeoutMs, idleMs: timeoutMs, totalMs: timeoutMs },
  })
  const ended = await sending.answer
  discard(ended)
  if (!ended.ok) return `${ended.fault}: ${ended.detail}`
  return ended.status < 400 ? undefined : `status ${ended.status}`
}

function note(endpoint: Endpoint, why: string | undefined, { upstream, policy, log }: CheckOptions): void {
  const before = endpoint.health.state
  endpoint.health = afterCheck(endpoint.health, why === undefined, policy)
  const { state } = endpoint.health
  endpoint.whyUnhealthy = why
  if (state === before) return
  const about = { upstream: upstream.name, url: endpoint.key }
  if (state === 'unhealthy') log.warn({ ...about, detail: why }, 'address unhealthy')
  else if (before === 'unhealthy') log.info(about, 'address healthy again')
}
