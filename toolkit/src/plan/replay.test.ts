import { expect, test } from 'vitest'
import type { RouteTally } from '../compare/index.ts'
import { evaluateReplay } from './gate.ts'
import { replayTillClear } from './replay.ts'

const limit = { atMostShare: 0.005, samples: 300 }
const none = { 'service-failed': 0 } as RouteTally['notComparable']

/** A replay of 443 answers, of which so many were gone when asked again. */
function tallyOf(transient: number): RouteTally {
  const counts = { compared: 443, matched: 443, noise: 0, mismatched: 0, transient, answered2xx: 443, shed: 0 }
  return { route: 'users.read', ...counts, notComparable: none, groups: [], groupsLeftOut: 0 }
}

async function replayed(...transient: number[]) {
  return await replayedWith(limit, transient)
}

async function replayedWith(wanted: typeof limit, transient: readonly number[]) {
  const left = transient.map(tallyOf)
  const tallies = await replayTillClear(wanted, async () => {
    const next = left.shift()
    if (next === undefined) throw new Error('more replays than expected')
    return [next]
  })
  return { replays: transient.length - left.length, outcome: evaluateReplay(wanted, tallies).outcome }
}

test('a little more than the bound, which chance may have made, is judged by more replays together', async () => {
  expect(await replayed(5, 3)).toEqual({ replays: 2, outcome: 'pass' })
  expect(await replayed(6, 4, 3)).toEqual({ replays: 3, outcome: 'pass' })
})

test('law 7: what stays beyond the bound stays unknown, and what is far beyond it at once', async () => {
  expect(await replayed(5, 6, 5)).toEqual({ replays: 3, outcome: 'unknown' })
  expect(await replayed(30)).toEqual({ replays: 1, outcome: 'unknown' })
})

test('what is clear is replayed once, and more replays never make up for too few samples', async () => {
  expect(await replayed(4)).toEqual({ replays: 1, outcome: 'pass' })
  for (const gone of [0, 5])
    expect(await replayedWith({ ...limit, samples: 444 }, [gone])).toEqual({ replays: 1, outcome: 'unknown' })
})
