import { expect, test } from 'vitest'
import { type Exploration, explore } from './explore.ts'

const forth = [
  'write-intent',
  'install-capture',
  'note-start',
  'hold',
  'drain',
  'announce-fence',
  'read-tail',
  'await-applied',
  'verify-tail',
]
const ending = ['read-row', 'move', 'release', 'clear-intent']
const bounds = ['A: drain', 'A: move', 'A: await-applied']
  .map((what) => `${what} reaches its bound`)
  .concat('the hold of edge 0 runs out')

/** Every way that an action of a coordinator can go. */
function ways(who: string, actions: readonly string[]): readonly string[] {
  return actions.flatMap((what) => [
    `${who}: ${what}`,
    `${who}: ${what} fails`,
    `${who}: ${what}, and its answer is lost`,
    `${who} is killed before ${what}`,
  ])
}

/** What others do around a cutover that leaves this arm. */
function writers(arm: 'legacy' | 'service'): readonly string[] {
  return [
    `a stray writer begins in ${arm}`,
    `the stray writer commits in ${arm}`,
    'client 0 writes to its edge',
    ...['legacy', 'service'].flatMap((to) => [
      `the write of client 0 reaches ${to}`,
      `the worker loads for ${to}`,
      `the worker saves to ${to}`,
    ]),
  ]
}

// Law 5, in every interleaving: no write lost, none doubled, never two owners, nothing held for ever, no write refused but past a bound.
const explorations: readonly (readonly [string, Exploration, number, readonly string[]])[] = [
  [
    'two writes, a stray writer, and one kill, fault or reached bound anywhere, on the way to the service',
    { to: 'service', edges: 1, clients: 2, stray: true, mishaps: 1, hastyRecoveries: 0 },
    70_000,
    [...ways('A', [...forth, 'move-owner', ...ending]), ...writers('legacy'), ...bounds, 'client 1 writes to its edge'],
  ],
  [
    'a write, a stray writer, and a recovery that begins while the coordinator is only paused, on the way back to legacy',
    { to: 'legacy', edges: 1, clients: 1, stray: true, mishaps: 0, hastyRecoveries: 1 },
    50_000,
    [...ending, 'move-owner']
      .map((what) => `recovery 1: ${what}`)
      .concat(writers('service'), 'the hold of edge 0 runs out'),
  ],
  [
    'a recovery that begins while the coordinator is only paused, and one kill or fault of either of them',
    { to: 'service', edges: 1, clients: 1, stray: false, mishaps: 1, hastyRecoveries: 1, longHolds: true },
    60_000,
    [...ways('A', forth), ...ways('recovery 1', ending), ...ways('recovery 1', ['move-owner'])],
  ],
  [
    'a recovery that sleeps until the next cutover, back, is under way',
    {
      to: 'service',
      edges: 1,
      clients: 1,
      stray: false,
      mishaps: 0,
      hastyRecoveries: 1,
      next: 'legacy',
      longHolds: true,
    },
    20_000,
    ['B: move', 'recovery 1: move', 'recovery 1: read-row'],
  ],
  [
    'two edges that are asked in turn, and one mishap',
    { to: 'service', edges: 2, clients: 1, stray: true, mishaps: 1, hastyRecoveries: 0 },
    28_000,
    [...ways('A', [...forth, 'move-owner', ...ending]), ...writers('legacy'), ...bounds, 'the hold of edge 1 runs out'],
  ],
  [
    'there and back again',
    { to: 'service', edges: 2, clients: 2, stray: false, mishaps: 0, hastyRecoveries: 0, next: 'legacy' },
    6_000,
    [...forth, 'move-owner', ...ending].map((what) => `B: ${what}`),
  ],
]

test.each(explorations)(
  'law 5: no interleaving breaks a promise: %s',
  (_name, exploration, atLeast, met) => {
    const { states, ends, moves, counterexample } = explore(exploration)
    expect(counterexample, shown(counterexample)).toBeUndefined()
    expect(ends).toBeGreaterThan(0)
    expect(states).toBeGreaterThan(atLeast)
    expect(met.filter((each) => !moves.has(each))).toEqual([])
  },
  60_000,
)

function shown(found: ReturnType<typeof explore>['counterexample']): string {
  return found === undefined ? '' : `${found.broken}, when\n  ${found.trace.join('\n  ')}\n`
}
