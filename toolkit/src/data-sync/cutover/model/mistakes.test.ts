import { expect, test } from 'vitest'
import { protocolSteps, stepsToCommit } from '../protocol.ts'
import { undoSteps } from '../recovery.ts'
import { type Exploration, explore } from './explore.ts'

const { intent, hold, fenced, fence, tail, follow, ids, commit } = stepsToCommit
const quiet = { to: 'service', edges: 1, clients: 1, stray: false, mishaps: 0, hastyRecoveries: 0 } as const
const paused = { ...quiet, hastyRecoveries: 1 } as const

// What the model must find, so that its silence about the protocol says something: each mistake, and the promise that it breaks.
const mistakes: readonly (readonly [string, Exploration, RegExp])[] = [
  [
    'the fence comes after the tail was read',
    {
      ...quiet,
      stray: true,
      steps: { ...protocolSteps, toCommit: [intent, hold, fenced, tail, follow, fence, ids, commit] },
    },
    /write of the stray writer was acknowledged and is lost on service/,
  ],
  [
    'the fence does not wait for open writers',
    { ...quiet, stray: true, mistakes: { noLock: true } },
    /write of the stray writer was acknowledged and is lost on service/,
  ],
  ['the commit does not compare and set', { ...paused, mistakes: { blindCommit: true } }, /two owners/],
  [
    'a recovery unfences before the arbiter has decided',
    { ...paused, steps: { ...protocolSteps, undo: [...undoSteps].reverse() } },
    /two owners/,
  ],
  [
    'holds bear no epoch',
    { ...paused, mistakes: { holdsWithoutEpoch: true } },
    /503 for a cutover that was over|refuses writes for ever/,
  ],
  [
    'the edges are not told of the fence',
    { ...quiet, steps: { ...protocolSteps, toCommit: [intent, hold, fence, tail, follow, ids, commit] } },
    /refused by the fence of legacy/,
  ],
  [
    'writes are not held',
    { ...quiet, steps: { ...protocolSteps, toCommit: [intent, fence, tail, follow, ids, commit] } },
    /refused by the fence of legacy/,
  ],
  [
    'what the old owner wrote last is not followed',
    { ...quiet, steps: { ...protocolSteps, toCommit: [intent, hold, fenced, fence, tail, ids, commit] } },
    /acknowledged and is lost/,
  ],
]

test.each(mistakes)(
  'the model finds it when %s',
  (_name, exploration, broken) => {
    const { counterexample } = explore(exploration)
    expect(counterexample?.broken).toMatch(broken)
    expect(counterexample?.trace.at(-1)).toBeDefined()
  },
  60_000,
)
