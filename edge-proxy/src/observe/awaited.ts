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

/** Builds an empty list. */
export function buildAwaitedVerdicts(): AwaitedVerdicts {
  const awaited = new Map<string, Awaited>()
  return {
    add: (one) => {
      awaited.set(one.id, one)
      if (awaited.size <= maxAwaited) return
      const oldest = awaited.keys().next()
      if (!oldest.done) awaited.delete(oldest.value)
    },
    take: (id) => {
      const one = awaited.get(id)
      awaited.delete(id)
      return one
    },
  }
}
