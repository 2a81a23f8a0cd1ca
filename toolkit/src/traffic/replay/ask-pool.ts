import type { Dispatcher, Pool } from 'undici'
import { type Answer, toAnswer } from '../../compare/index.ts'
import type { ArmBounds } from './replay-arm.ts'
import type { ReplayRequest } from './replay-request.ts'

const nothing = Buffer.alloc(0)

/**
 * Asks once, by the pool's lowest door: a replay asks often enough for a stream and a promise per chunk to count.
 * Keeps no more than `maxBodyBytes` of the answer, decoded. Rejects when there is no whole answer within `timeoutMs`.
 */
export async function askPool(pool: Pool, request: ReplayRequest, bounds: ArmBounds): Promise<Answer> {
  const wire = await new Promise<Answer>((resolve, reject) => {
    const { method, target: path, headers, body = null } = request
    pool.dispatch({ path, method, headers, body }, new Collected({ resolve, reject }, bounds))
  })
  return wire.headers.has('content-encoding') ? await decoded(wire, bounds.maxBodyBytes) : wire
}

interface End {
  readonly resolve: (answer: Answer) => void
  readonly reject: (why: Error) => void
}

/** One answer while it comes in: a class, for a closure for each step of each answer costs more than the steps. */
class Collected implements Dispatcher.DispatchHandler {
  readonly #end: End
  readonly #bounds: ArmBounds
  readonly #timer: NodeJS.Timeout
  readonly #kept: Buffer[] = []
  #asked: Dispatcher.DispatchController | undefined
  #late: Error | undefined
  #status = 0
  #headers: Answer['headers'] = new Map()
  #bytes = 0

  constructor(end: End, bounds: ArmBounds) {
    this.#end = end
    this.#bounds = bounds
    this.#timer = setTimeout(tooLate, bounds.timeoutMs, this)
  }

  isLate(): void {
    this.#late = new Error(`timeout: no whole answer within ${this.#bounds.timeoutMs} ms`)
    this.#end.reject(this.#late)
    this.#asked?.abort(this.#late)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#asked = controller
    if (this.#late !== undefined) controller.abort(this.#late)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: WireHeaders): void {
    this.#status = status
    this.#headers = headersOf(headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes <= this.#bounds.maxBodyBytes) this.#kept.push(chunk)
    else {
      this.#finish(true)
      controller.abort(new Error('more than is kept'))
    }
  }

  onResponseEnd(): void {
    this.#finish(false)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer)
    this.#end.reject(error)
  }

  #finish(truncated: boolean): void {
    clearTimeout(this.#timer)
    const [first = nothing] = this.#kept
    const body = this.#kept.length < 2 ? first : Buffer.concat(this.#kept)
    this.#end.resolve({ status: this.#status, headers: this.#headers, body, truncated })
  }
}

function tooLate(collected: Collected): void {
  collected.isLate()
}

type WireHeaders = Readonly<Record<string, string | string[] | undefined>>

/** They come in lower case, repeated ones together. */
function headersOf(headers: WireHeaders): Answer['headers'] {
  const map = new Map<string, readonly string[]>()
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) map.set(name, typeof value === 'string' ? [value] : value)
  }
  return map
}

async function decoded(wire: Answer, maxBodyBytes: number): Promise<Answer> {
  const pairs = [...wire.headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))
  return await toAnswer({ ...wire, headers: pairs }, maxBodyBytes)
}
