import { expect, test } from 'vitest'
import { type Exploration, explore } from './explore.ts'

// Law 5, in every interleaving: no write lost, none doubled, never two owners, nothing held for ever, no write refused but past a bound.
const explorations: readonly (readonly [string, Exploration, number])[] = [
  [
    'two writes, a stray writer, and one kill, fault or reached bound anywhere, on the way to the service',
    { to: 'service', edges: 1, clients: 2, stray: true, mishaps: 1, hastyRecoveries: 0 },
    80_000,
  ],
  [
    'a write, a stray writer, and a recovery that begins while the coordinator is only paused, on the way back to legacy',
    { to: 'legacy', edges: 1, clients: 1, stray: true, mishaps: 0, hastyRecoveries: 1 },
    50_000,
  ],
  [
    'two edges that are asked in turn, and one mishap',
    { to: 'service', edges: 2, clients: 1, stray: true, mishaps: 1, hastyRecoveries: 0 },
    30_000,
  ],
  [
    'there and back again',
    { to: 'service', edges: 2, clients: 2, stray: false, mishaps: 0, hastyRecoveries: 0, next: 'legacy' },
    6_000,
  ],
]

test.each(explorations)(
  'law 5: no interleaving breaks a promise: %s',
  (_name, exploration, atLeast) => {
    const { states, ends, counterexample } = explore(exploration)
    expect(counterexample, shown(counterexample)).toBeUndefined()
    expect(ends).toBeGreaterThan(0)
    expect(states).toBeGreaterThan(atLeast)
  },
  60_000,
)

function shown(found: ReturnType<typeof explore>['counterexample']): string {
  return found === undefined ? '' : `${found.broken}, when\n  ${found.trace.join('\n  ')}\n`
}
