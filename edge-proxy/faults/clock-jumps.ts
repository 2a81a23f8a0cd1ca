import { systemClock } from '@banyan/toolkit/base'
import { type Load, openFaultWorld } from './fault-world.ts'

const hourMs = 3_600_000

/** What came of a load while the clock was set, and what the log says of the time that requests took. */
export interface JumpedLoad extends Load {
  readonly tookMs: readonly number[]
}

/** Loads an edge for `seconds` while the time of day jumps by up to a day, forth and back, each 10 ms. */
export async function loadWhileClockJumps(seconds: number): Promise<JumpedLoad> {
  let jumpMs = 0
  const world = await openFaultWorld({ ...systemClock, now: () => Date.now() + jumpMs })
  const until = performance.now() + seconds * 1000
  let jumps = 0
  const jumping = setInterval(() => {
    jumps += 1
    jumpMs = (jumps % 2 === 0 ? -1 : 1) * (jumps % 25) * hourMs
  }, 10)
  const load = await world.load(8, () => performance.now() < until)
  clearInterval(jumping)
  await world.close()
  const tookMs = world.logged.map((line): unknown => JSON.parse(line)).flatMap(durationsOf)
  return { ...load, tookMs }
}

function durationsOf(line: unknown): readonly number[] {
  if (typeof line !== 'object' || line === null || !('tookMs' in line)) return []
  return typeof line.tookMs === 'number' ? [line.tookMs] : []
}
