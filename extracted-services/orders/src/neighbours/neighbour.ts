import { Fault } from '@banyan/toolkit/base'
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import { Pool } from 'undici'
import type { z } from 'zod'

/** Headers that are passed on to a neighbour: the API key of who asks, request id and trace. */
export type PassedOn = Readonly<Record<string, string>>

/** Another service that is asked for what orders do not know. Only ever read: so it is safe to ask again. */
export interface Neighbour {
  /**
   * What a path answers, as the schema reads it; undefined when there is nothing (404). Throws `<name>-unavailable` when it does not answer
   * in time after retries, fails, refuses the key, or answers something else.
   */
  get<Schema extends z.ZodType>(path: string, schema: Schema, passedOn: PassedOn): Promise<z.output<Schema> | undefined>
  close(): Promise<void>
}

/** How patient one is with a neighbour. */
export interface Patience {
  /** For one answer. Default 1 000. */
  readonly timeoutMs?: number
  /** After the first attempt. Default 2. */
  readonly retries?: number
  /** How many failures in a row open the circuit: then nobody waits, for `openMs`. Default 5. */
  readonly failures?: number
  /** Default 2 000. */
  readonly openMs?: number
}

const connections = 32
const maxAnswerBytes = 1024 * 1024

/** Connects to a neighbour at an origin: with time-out, retries that back off, and a circuit breaker. */
export function buildNeighbour(name: string, origin: string, patience: Patience = {}): Neighbour {
  const pool = new Pool(origin, { connections, maxResponseSize: maxAnswerBytes })
  const policy = policyOf(patience)
  return {
    async get(path, schema, passedOn) {
      try {
        const answer = await policy.execute(({ signal }) => ask(pool, path, { headers: { ...passedOn }, signal }))
        return answer === undefined ? undefined : understood(schema, answer)
      } catch (error) {
        throw unavailable(name, error)
      }
    },
    close: () => pool.close(),
  }
}

function policyOf({ timeoutMs = 1000, retries = 2, failures = 5, openMs = 2000 }: Patience) {
  const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 500 })
  const again = retry(
    handleWhen((error) => !(error instanceof BrokenCircuitError || error instanceof Refused)),
    { maxAttempts: retries, backoff },
  )
  const circuit = circuitBreaker(
    handleWhen((error) => !(error instanceof Refused)),
    { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failures) },
  )
  return wrap(again, circuit, timeout(timeoutMs, TimeoutStrategy.Aggressive))
}

/** The neighbour gave an answer, and it is of no use. */
class Unfit extends Error {}

/** It answered that it will not: to ask again would not help, and it is well. */
class Refused extends Unfit {}

interface Asking {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
}

async function ask(pool: Pool, path: string, { headers, signal }: Asking): Promise<unknown> {
  const answer = await pool.request({ method: 'GET', path, headers, signal })
  if (answer.statusCode === 200) return await answer.body.json()
  await answer.body.dump()
  if (answer.statusCode === 404) return undefined
  if (answer.statusCode >= 500) throw new Unfit(`it answered ${answer.statusCode}`)
  throw new Refused(`it answered ${answer.statusCode}`)
}

function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Unfit(`it answered something else: ${issue?.path.join('.')}: ${issue?.message}`)
}

function unavailable(name: string, error: unknown): Fault {
  return new Fault(`${name}-unavailable`, `${name} cannot be asked: ${whyOf(error)}`, {
    hint: 'nothing was written; send the request again',
    cause: error,
  })
}

/** In words that a client may read: addresses and codes stay in the cause, for the log. */
function whyOf(error: unknown): string {
  if (error instanceof BrokenCircuitError) return 'it has failed too often just now'
  if (error instanceof TaskCancelledError) return 'it did not answer in time'
  if (error instanceof Unfit) return error.message
  return error instanceof SyntaxError ? 'it answered something else than JSON' : 'it cannot be reached'
}
