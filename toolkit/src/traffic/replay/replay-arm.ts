import { Pool } from 'undici'
import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import type { Answer } from '../../compare/index.ts'
import { askPool } from './ask-pool.ts'
import type { ReplayRequest } from './replay-request.ts'

/** What an arm gave for one request: an answer, or why there is none. */
export type ArmAnswer =
  | { readonly ok: true; readonly answer: Answer; readonly tookMs: number }
  | { readonly ok: false; readonly why: string; readonly tookMs: number }

/** An arm that is asked again. */
export interface ReplayArm {
  send(request: ReplayRequest): Promise<ArmAnswer>
  close(): Promise<void>
}

/** The bounds within which an arm is asked. */
export interface ArmBounds {
  readonly connections: number
  /** For one answer, from sending to its last byte. */
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  readonly signal: AbortSignal | undefined
}

/**
 * Connects to an arm by its base URL, whose path is put before each target. Redirects are answers and are not
 * followed. Throws `url-invalid` (exit 64) for what is no http or https URL.
 */
export function connectArm(url: string | URL, bounds: ArmBounds): ReplayArm {
  const base = parseBaseUrl(url)
  const { connections, timeoutMs, signal } = bounds
  // The time-out of one whole answer is kept by askPool; the pool's own ones tick in half seconds.
  const pool = new Pool(base.origin, {
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: timeoutMs },
  })
  const prefix = base.pathname.replace(/\/$/, '')
  const stop = () => void pool.destroy()
  signal?.addEventListener('abort', stop, { once: true })
  return {
    async send(request) {
      const startedAt = performance.now()
      const took = () => performance.now() - startedAt
      try {
        const answer = await askPool(
          pool,
          prefix === '' ? request : { ...request, target: prefix + request.target },
          bounds,
        )
        return { ok: true, answer, tookMs: took() }
      } catch (thrown) {
        return { ok: false, why: messageOf(thrown), tookMs: took() }
      }
    },
    async close() {
      signal?.removeEventListener('abort', stop)
      await pool.destroy()
    },
  }
}

function parseBaseUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return parsed
  throw new Fault('url-invalid', `"${url}" is no http or https URL`, {
    hint: 'write it whole: http://127.0.0.1:4000',
    exitCode: exitCodes.usage,
  })
}
