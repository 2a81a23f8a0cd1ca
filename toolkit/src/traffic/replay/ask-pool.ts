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
    pool.dispatch({ path, method, headers, body }, collect({ resolve, reject }, bounds))
  })
  return wire.headers.has('content-encoding') ? await decoded(wire, bounds.maxBodyBytes) : wire
}

function collect(
  end: { readonly resolve: (answer: Answer) => void; readonly reject: (why: Error) => void },
  { timeoutMs, maxBodyBytes }: ArmBounds,
): Dispatcher.DispatchHandler {
  let asked: Dispatcher.DispatchController | undefined
  let late: Error | undefined
  const timer = setTimeout(() => {
    late = new Error(`timeout: no whole answer within ${timeoutMs} ms`)
    end.reject(late)
    asked?.abort(late)
  }, timeoutMs)
  const kept: Buffer[] = []
  let head: Pick<Answer, 'status' | 'headers'> = { status: 0, headers: new Map() }
  let bytes = 0
  const finish = (truncated: boolean) => {
    clearTimeout(timer)
    const [first = nothing] = kept
    end.resolve({ ...head, body: kept.length < 2 ? first : Buffer.concat(kept), truncated })
  }
  return {
    onRequestStart: (controller) => {
      asked = controller
      if (late !== undefined) controller.abort(late)
    },
    onResponseStart: (_controller, status, headers) => {
      head = { status, headers: headersOf(headers) }
    },
    onResponseData: (controller, chunk) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) {
        kept.push(chunk)
        return
      }
      finish(true)
      controller.abort(new Error('more than is kept'))
    },
    onResponseEnd: () => finish(false),
    onResponseError: (_controller, error) => {
      clearTimeout(timer)
      end.reject(error)
    },
  }
}

/** They come in lower case, repeated ones together. */
function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): Answer['headers'] {
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
