import type { Clock } from '../../base/index.ts'
import type { Exchange } from '../exchange.ts'

/** How fast exchanges are handed on. */
export interface Pace {
  /** 1 is the recorded pace, 2 is twice as fast. */
  readonly times: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** Hands exchanges on with the gaps that were recorded, divided by `times`; ends early when the signal aborts. */
export async function* paced(exchanges: AsyncIterable<Exchange>, pace: Pace): AsyncGenerator<Exchange> {
  const { times, clock, signal } = pace
  let start: { readonly recordedMs: number; readonly clockMs: number } | undefined
  for await (const exchange of exchanges) {
    if (signal?.aborted === true) return
    const recordedMs = Date.parse(exchange.at)
    start ??= { recordedMs, clockMs: clock.monotonic() }
    const waitMs = start.clockMs + (recordedMs - start.recordedMs) / times - clock.monotonic()
    if (waitMs > 0 && !(await slept(waitMs, pace))) return
    yield exchange
  }
}

async function slept(ms: number, { clock, signal }: Pace): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (thrown) {
    if (signal?.aborted === true) return false
    throw thrown
  }
}
