import type { Clock } from '@banyan/toolkit/base'
import { lagExplains, type RouteTally } from '@banyan/toolkit/compare'
import { type Exchange, type ReplayOptions, replayRecording } from '@banyan/toolkit/traffic'

const rounds = 3
const pauseMs = 1000
const mostAskedAgain = 1000

/**
 * Replays against both arms while their data goes on changing: what mismatches is asked again, of both arms, when
 * follow has had time to pass. What is gone then was on its way, and counts as matched and transient; what stays is a
 * mismatch, as is what no lag makes, and all beyond the first 1 000.
 */
export async function replaySettled(
  options: ReplayOptions,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly RouteTally[]> {
  let { tallies, mismatched } = await replayOnce(options)
  for (let round = 0; round < rounds && mismatched.length > 0; round++) {
    await clock.sleep(pauseMs, signal)
    const again = await replayOnce({ ...options, exchanges: iterated(mismatched) })
    tallies = tallies.map((tally) => settled(tally, again.tallies))
    mismatched = again.mismatched
  }
  return tallies
}

async function replayOnce(options: ReplayOptions) {
  const mismatched: Exchange[] = []
  const result = await replayRecording({
    ...options,
    onReplayed: ({ exchange, verdict }) => {
      if (verdict.kind !== 'mismatch' || !lagExplains(verdict.differences)) return
      if (mismatched.length < mostAskedAgain) mismatched.push(exchange)
    },
  })
  return { tallies: result.routes.map(({ tally }) => tally), mismatched }
}

async function* iterated(exchanges: readonly Exchange[]): AsyncGenerator<Exchange> {
  yield* exchanges
}

/** An answer that could not be compared the second time takes nothing back. */
function settled(tally: RouteTally, again: readonly RouteTally[]): RouteTally {
  const second = again.find(({ route }) => route === tally.route)
  if (second === undefined) return tally
  const gone = second.matched + second.noise
  return {
    ...tally,
    mismatched: tally.mismatched - gone,
    matched: tally.matched + gone,
    transient: tally.transient + gone,
    groups: second.compared === tally.mismatched ? second.groups : tally.groups,
  }
}
