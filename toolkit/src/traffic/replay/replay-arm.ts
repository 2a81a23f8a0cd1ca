import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import { toAnswer } from '../../compare/index.ts'
import type { ArmAnswer } from './arm-answer.ts'
import type { ReplayRequest } from './replay-request.ts'
import { buildWirePool, type WireBounds } from './wire/wire-pool.ts'

/** An arm that is asked again. */
export interface ReplayArm {
  /** Tells once what became of it. */
  send(request: ReplayRequest, told: (answer: ArmAnswer) => void): void
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
    send(request, told) {
      pool.ask(prefix === '' ? request : { ...request, target: prefix + request.target }, (answer) => {
        if (isCoded(answer)) void decoded(answer, bounds.maxBodyBytes).then(told)
        else told(answer)
      })
    },
    close() {
      signal?.removeEventListener('abort', stop)
      pool.close()
    },
  }
}

type Answered = Extract<ArmAnswer, { readonly ok: true }>

function isCoded(outcome: ArmAnswer): outcome is Answered {
  return outcome.ok && outcome.answer.headers.has('content-encoding')
}

async function decoded({ answer: wire, tookMs }: Answered, maxBodyBytes: number): Promise<ArmAnswer> {
  const pairs = [...wire.headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))
  try {
    return { ok: true, answer: await toAnswer({ ...wire, headers: pairs }, maxBodyBytes), tookMs }
  } catch (thrown) {
    return { ok: false, why: messageOf(thrown), tookMs }
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
