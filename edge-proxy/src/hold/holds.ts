import type { Clock } from '@banyan/toolkit/base'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type {
  DrainedAnswer,
  DrainedRequest,
  HoldAnswer,
  HoldRef,
  HoldRequest,
  HoldStatus,
  ReleaseAnswer,
} from '../admin/admin-api.ts'
import type { Epochs } from './epochs.ts'
import { buildHold, type Hold } from './hold.ts'
import { buildHoldMetrics } from './hold-metrics.ts'
import { buildHoldTally, type HoldTally } from './hold-tally.ts'
import type { Writes } from './writes.ts'

/** The holds of an edge, one per capability at most. */
export interface Holds {
  /** The hold that is on for a capability: one look-up, for every write asks. */
  of(capability: string): Hold | undefined
  /** Parks new writes from now on; undefined when the epoch was released already, or a newer hold is on. */
  begin(request: HoldRequest): HoldAnswer | undefined
  /** Waits until no write that began before the hold is in flight. */
  drained(request: DrainedRequest): Promise<DrainedAnswer>
  /**
   * From now on a hold that runs out answers 503. Resolves when no write is in flight any more, also none that was let
   * past the bound meanwhile: they would run into the fence. `inFlight` is above 0 when they did not end within a second.
   */
  fence(ref: HoldRef): Promise<{ readonly held: boolean; readonly inFlight: number }>
  /** Lets go what is held under this epoch or an older one. The same report again when asked again. */
  release(ref: HoldRef): ReleaseAnswer
  status(capability: string): HoldStatus | undefined
  /** The edge stops: all that is held is answered 503, and what comes still. */
  stop(): void
}

/** What holds are built with. */
export interface HoldsParts {
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  readonly writes: Writes
  readonly epochs: Epochs
}

const keptEpochs = 16
const fencedBoundMs = 1_000

interface Begun {
  readonly hold: Hold
  /** Every write that began before the hold lies before it. */
  readonly mark: number
}

/** Builds the holds of an edge; none is on. */
export function buildHolds({ clock, log, registry, writes, epochs }: HoldsParts): Holds {
  const on = new Map<string, Hold>()
  const marks = new Map<string, number>()
  const tallies = new Map<string, Map<number, HoldTally>>()
  const metrics = buildHoldMetrics(registry, function* () {
    for (const [capability, hold] of on) yield [capability, hold.waiting()]
  })

  const tallyOf = (capability: string, epoch: number): HoldTally => {
    const known = tallies.get(capability) ?? new Map<number, HoldTally>()
    tallies.set(capability, known)
    const tally = known.get(epoch) ?? buildHoldTally()
    known.set(epoch, tally)
    const [oldest] = known.keys()
    if (known.size > keptEpochs && oldest !== undefined) known.delete(oldest)
    return tally
  }

  const begun = ({ capability, epoch }: HoldRef): Begun | undefined => {
    const hold = on.get(capability)
    return hold?.epoch() === epoch ? { hold, mark: marks.get(capability) ?? 0 } : undefined
  }

  const start = (request: HoldRequest, before: Hold | undefined): void => {
    const { capability, epoch } = request
    const tally = tallyOf(capability, epoch)
    if (before?.epoch() !== epoch) marks.set(capability, writes.mark())
    if (before === undefined) {
      const over = () => void on.delete(capability)
      on.set(capability, buildHold({ capability, clock, metrics, log, over }, request, tally))
    } else before.renew(request, tally)
  }

  return {
    of: (capability) => on.get(capability),
    begin: (request) => {
      const { capability, epoch } = request
      const before = on.get(capability)
      if (epoch <= epochs.released(capability) || epoch < (before?.epoch() ?? 0)) return undefined
      epochs.see(capability, epoch)
      start(request, before)
      const inFlight = writes.inFlight(capability, marks.get(capability))
      log.info({ ...request, inFlight }, before === undefined ? 'hold begins' : 'hold goes on')
      return { inFlight }
    },
    drained: async (request) => {
      const { capability, withinMs } = request
      const at = begun(request)
      if (at === undefined) return { drained: false, inFlight: writes.inFlight(capability) }
      const ended = await writes.ended(capability, at.mark, withinMs)
      // It may have run out meanwhile: then writes go to the old owner again.
      return { drained: ended && begun(request) !== undefined, inFlight: writes.inFlight(capability, at.mark) }
    },
    fence: async (ref) => {
      const at = begun(ref)
      if (at === undefined || !at.hold.fence()) return { held: false, inFlight: 0 }
      const { capability } = ref
      await writes.ended(capability, Number.POSITIVE_INFINITY, fencedBoundMs)
      const inFlight = writes.inFlight(capability)
      log.info({ ...ref, inFlight, ...at.hold.status() }, 'hold fenced')
      // It may have run out or been released meanwhile.
      return { held: begun(ref) !== undefined && at.hold.fence(), inFlight }
    },
    release: ({ capability, epoch }) => {
      epochs.release(capability, epoch)
      const hold = on.get(capability)
      if (hold === undefined || hold.epoch() > epoch) return tallyOf(capability, epoch).report()
      const tally = tallyOf(capability, hold.epoch())
      hold.release()
      // A recovery releases under an epoch of its own: it is told what was held under the one that it undoes.
      tallies.get(capability)?.set(epoch, tally)
      return tally.report()
    },
    status: (capability) => on.get(capability)?.status(),
    stop: () => {
      for (const hold of on.values()) hold.stop()
    },
  }
}
