import { type Clock, messageOf } from '../../../base/index.ts'
import type { StepReport } from '../report.ts'
import { type StepName, stepDescriptions } from '../steps.ts'

/** Gathers the steps of a run as they go. */
export interface StepLog {
  /** An action of this step begins; the step before it ends with that. */
  at(step: StepName): void
  saw(what: string | undefined): void
  failed(thrown: unknown): void
  /** Ends the last step. */
  end(): readonly StepReport[]
}

interface Open {
  readonly name: StepName
  readonly since: number
  readonly saw: string[]
  ok: boolean
}

/** Builds a log that calls `onStep` as each step ends. */
export function buildStepLog(clock: Clock, onStep: ((step: StepReport) => void) | undefined): StepLog {
  const steps: StepReport[] = []
  let open: Open | undefined
  const close = () => {
    if (open === undefined) return
    const { name, since, saw, ok } = open
    open = undefined
    const step = { name, ...stepDescriptions[name], tookMs: clock.monotonic() - since, saw: saw.join('; '), ok }
    steps.push(step)
    onStep?.(step)
  }
  return {
    at: (name) => {
      if (open?.name === name && open.ok) return
      close()
      open = { name, since: clock.monotonic(), saw: [], ok: true }
    },
    saw: (what) => {
      if (what !== undefined && what !== open?.saw.at(-1)) open?.saw.push(what)
    },
    failed: (thrown) => {
      if (open === undefined) return
      open.ok = false
      open.saw.push(messageOf(thrown))
    },
    end: () => {
      close()
      return steps
    },
  }
}
