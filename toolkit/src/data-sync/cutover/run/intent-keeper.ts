import type { Clock } from '../../../base/index.ts'
import type { CutoverIntent, OwnerStore } from '../../ports/owner.ts'
import type { StepName } from '../steps.ts'

/** Keeps a coordinator's intent in the arbiter fresh, so that nobody takes it for lost: its lease, and the step that it is at. */
export interface IntentKeeper {
  /** The intent as it would be written now. */
  present(): CutoverIntent
  /** From now on it is renewed; at the arbiter's epoch, with what was noted of its fence. */
  begin(epoch: number, fence?: Pick<CutoverIntent, 'fenceBefore'>): void
  /** The arbiter's row has this epoch now. */
  movedTo(epoch: number): void
  at(step: StepName): void
  /** Resolves when nothing is being written any more. */
  end(): Promise<void>
}

/** What a keeper keeps. */
export interface KeptIntent {
  readonly intent: Omit<CutoverIntent, 'expiresAt' | 'step'>
  readonly arbiter: OwnerStore
  readonly clock: Clock
  readonly leaseMs: number
}

/** Builds the keeper of one intent. Writes that fail are of no consequence: the lease runs out, and what is written after that is compared first. */
export function buildIntentKeeper({ intent, arbiter, clock, leaseMs }: KeptIntent): IntentKeeper {
  const over = new AbortController()
  let step: StepName = 'intent'
  let epoch: number | undefined
  let writing: Promise<unknown> = Promise.resolve()
  let waiting = false
  let renewing: Promise<void> = Promise.resolve()
  let noted: Pick<CutoverIntent, 'fenceBefore'> = {}
  const present = () => ({ ...intent, ...noted, step, expiresAt: clock.now() + leaseMs })

  return {
    present,
    begin: (now, fence = {}) => {
      const isFirst = epoch === undefined
      noted = fence
      epoch = now
      if (isFirst) renewing = renew()
    },
    movedTo: (now) => {
      if (epoch !== undefined) epoch = now
    },
    at: (now) => {
      if (now === step) return
      step = now
      write()
    },
    end: async () => {
      over.abort()
      await renewing
      await writing
    },
  }

  async function renew(): Promise<void> {
    while (!over.signal.aborted) {
      await clock.sleep(leaseMs / 3, over.signal).catch(() => undefined)
      if (!over.signal.aborted) write()
    }
  }

  // One at a time; of those that come meanwhile only the last, for it tells all.
  function write(): void {
    if (waiting || epoch === undefined || over.signal.aborted) return
    waiting = true
    writing = writing.then(async () => {
      waiting = false
      if (epoch !== undefined) await arbiter.writeIntent({ epoch, id: intent.id }, present()).catch(() => false)
    })
  }
}
