import { runInLanes } from './lanes.ts'
import { openReplay, type Replay } from './open-replay.ts'
import { paced } from './pace.ts'
import { replayExchange, type Work } from './replay-exchange.ts'
import type { ReplayOptions, ReplayReport } from './replay-options.ts'
import { replayReport } from './replay-report.ts'
import { safeMethods } from './replay-request.ts'

/**
 * Sends recorded requests again and compares the answers: in order for each caller, in parallel across callers, and each
 * write by itself, so that both arms see writes in one order. Values that an answer brought forth (ids, tokens, cookies)
 * are replaced in later requests by what each arm brought forth. An arm that fails is counted and never ends the replay.
 * Throws `replay-without-arm` and `url-invalid` (exit 64), and what reading the exchanges throws.
 *
 * @example
 * await replayRecording({ exchanges: readRecording('traffic.ndjson'), arms: { legacy, service }, headers: [['x-api-key', key]] })
 */
export async function replayRecording(options: ReplayOptions): Promise<ReplayReport> {
  const replay = openReplay(options)
  const { concurrency = 16, writes = 'skip' } = options
  try {
    await runInLanes(works(replay), {
      concurrency,
      laneOf: ({ exchange }) => exchange.caller,
      alone: ({ exchange }) => writes !== 'skip' && !safeMethods.has(exchange.request.method),
      after: ({ traced }, turn) => replay.correlation.after(traced, turn),
      ended: ({ traced }) => replay.correlation.ended(traced),
      run: (work) => replayExchange(replay, work),
    })
    return await replayReport(replay)
  } finally {
    replay.close()
  }
}

/** Exchanges in the order of the recording, looked at before they are sent. */
async function* works(replay: Replay): AsyncGenerator<Work> {
  const { exchanges, leaveOut, pace, signal } = replay.options
  let at = -1
  const due = pace === undefined ? exchanges : paced(exchanges, { times: pace, clock: replay.clock, signal })
  for await (const exchange of due) {
    if (replay.interrupted()) return
    at += 1
    replay.counts.read()
    const why = leaveOut?.(exchange) ?? (replay.resumed.wasSent(at, exchange) ? 'sent-before' : undefined)
    if (why === undefined) yield { at, exchange, traced: replay.correlation.trace(exchange) }
    else {
      replay.counts.skip(why, exchange.route)
      replay.options.onProgress?.(replay.progress())
    }
  }
}
