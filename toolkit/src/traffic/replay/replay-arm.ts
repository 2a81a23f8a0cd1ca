import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import { type Answer, toAnswer } from '../../compare/index.ts'
import type { ReplayRequest } from './replay-request.ts'
import { buildWirePool, type WireBounds } from './wire/wire-pool.ts'

/** What an arm gave for one request: an answer, or why there is none. */
export type ArmAnswer =
  | { readonly ok: true; readonly answer: Answer; readonly tookMs: number }
  | { readonly ok: false; readonly why: string; readonly tookMs: number }

/** An arm that is asked again. */
export interface ReplayArm {
  send(request: ReplayRequest): Promise<ArmAnswer>
  close(): void
}

/** The bounds within which an arm is asked. */
export interface ArmBounds extends WireBounds {
  readonly signal: AbortSignal | undefined
}

/**
 * Connects to an arm by its base URL, whose path is put before each target. Redirects are answers and are not
 * followed. Throws `url-invalid` (exit 64) for what is no http or https URL.
 */
export function connectArm(url: string | URL, bounds: ArmBounds): ReplayArm {
  const base = parseBaseUrl(url)
  const { signal } = bounds
  const pool = buildWirePool(base, bounds)
  const prefix = base.pathname.replace(/\/$/, '')
  const stop = () => pool.close()
  signal?.addEventListener('abort', stop, { once: true })
  return {
    async send(request) {
      const startedAt = performance.now()
      const took = () => performance.now() - startedAt
      try {
        const wire = await pool.ask(prefix === '' ? request : { ...request, target: prefix + request.target })
        const answer = wire.headers.has('content-encoding') ? await decoded(wire, bounds.maxBodyBytes) : wire
        return { ok: true, answer, tookMs: took() }
      } catch (thrown) {
        return { ok: false, why: messageOf(thrown), tookMs: took() }
      }
    },
    close() {
      signal?.removeEventListener('abort', stop)
      pool.close()
    },
  }
}

async function decoded(wire: Answer, maxBodyBytes: number): Promise<Answer> {
  const pairs = [...wire.headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))
  return await toAnswer({ ...wire, headers: pairs }, maxBodyBytes)
}

function parseBaseUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return parsed
  throw new Fault('url-invalid', `"${url}" is no http or https URL`, {
    hint: 'write it whole: http://127.0.0.1:4000',
    exitCode: exitCodes.usage,
  })
}
