import { Pool } from 'undici'
import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import { type Answer, toAnswer } from '../../compare/index.ts'
import type { HeaderPair } from '../exchange.ts'
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
  const pool = new Pool(base.origin, {
    connections: bounds.connections,
    headersTimeout: bounds.timeoutMs,
    bodyTimeout: bounds.timeoutMs,
  })
  const prefix = base.pathname.replace(/\/$/, '')
  return {
    async send(request) {
      const startedAt = performance.now()
      const took = () => performance.now() - startedAt
      try {
        const answer = await ask(pool, { ...request, target: `${prefix}${request.target}` }, bounds)
        return { ok: true, answer, tookMs: took() }
      } catch (thrown) {
        return { ok: false, why: messageOf(thrown), tookMs: took() }
      }
    },
    close: () => pool.destroy(),
  }
}

async function ask(pool: Pool, request: ReplayRequest, bounds: ArmBounds): Promise<Answer> {
  const timeout = AbortSignal.timeout(bounds.timeoutMs)
  const { statusCode, headers, body } = await pool.request({
    path: request.target,
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
    signal: bounds.signal === undefined ? timeout : AbortSignal.any([timeout, bounds.signal]),
  })
  const kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > bounds.maxBodyBytes) break
    kept.push(chunk)
  }
  const truncated = bytes > bounds.maxBodyBytes
  const wire = { status: statusCode, headers: pairs(headers), body: Buffer.concat(kept), truncated }
  return toAnswer(wire, bounds.maxBodyBytes)
}

function pairs(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderPair[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = typeof value === 'string' ? [value] : (value ?? [])
    return values.map((one): HeaderPair => [name, one])
  })
}

function parseBaseUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return parsed
  throw new Fault('url-invalid', `"${url}" is no http or https URL`, {
    hint: 'write it whole: http://127.0.0.1:4000',
    exitCode: exitCodes.usage,
  })
}
