import type { ServedRequest } from '../admin/observe-api.ts'
import type { Remembered } from './memory.ts'
import type { Tap } from './taps.ts'

/** Beyond it the oldest are given up: their verdict comes late, and is told to nobody but the tally (law 9). */
const maxAwaited = 1024

/** A request whose verdict is still to come: most are neither kept nor shown, so they are made out only if they are. */
export interface Awaited {
  readonly id: string
  readonly route: string
  readonly remembered: Remembered | undefined
  readonly shownTo: readonly Tap[]
  seen(): ServedRequest
}

/** The requests whose shadow has not been compared yet. */
export interface AwaitedVerdicts {
  add(awaited: Awaited): void
  /** The one with this id, which is then forgotten. */
  take(id: string): Awaited | undefined
}

/**
 * Builds an empty list. In the order in which they came, for verdicts come in about the same one, so that the first that is looked
 * at is nearly always the right one; and no Map, which keeps dead ones alive (see `Bag`).
 */
export function buildAwaitedVerdicts(): AwaitedVerdicts {
  const awaited: Awaited[] = []
  return {
    add: (one) => {
      if (awaited.push(one) > maxAwaited) awaited.shift()
    },
    take: (id) => {
      const at = awaited.findIndex((one) => one.id === id)
      return at < 0 ? undefined : awaited.splice(at, 1)[0]
    },
  }
}
