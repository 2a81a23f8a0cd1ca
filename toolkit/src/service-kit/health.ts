import type { FastifyInstance } from 'fastify'
import { messageOf } from '../base/index.ts'

/** A named condition of readiness: resolves when it holds, rejects with the reason when it does not. */
export type ReadinessCheck = () => Promise<unknown>

/** What `registerHealth` may be told. */
export interface HealthOptions {
  /** Name to check; all run at once. */
  readonly checks?: Readonly<Record<string, ReadinessCheck>>
  /** How long one check may take before it counts as failed. Default 2 000. */
  readonly checkTimeoutMs?: number
}

/**
 * Adds `GET /healthz` (200 `{"status":"ok"}` while the process lives) and `GET /readyz` (200 when every check
 * holds, else 503; the answer names each check with `ok` or its reason).
 */
export function registerHealth(app: FastifyInstance, options: HealthOptions = {}): void {
  const { checks = {}, checkTimeoutMs = 2000 } = options
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const outcomes = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check, checkTimeoutMs)] as const),
    )
    const ready = outcomes.every(([, outcome]) => outcome === 'ok')
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(outcomes) })
  })
}

async function outcomeOf(check: ReadinessCheck, timeoutMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs)
  })
  try {
    return await Promise.race([check().then(() => 'ok'), late])
  } catch (error) {
    return messageOf(error)
  } finally {
    clearTimeout(timer)
  }
}
