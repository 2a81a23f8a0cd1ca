import { exitCodes, Fault } from '../../../base/index.ts'
import type { CutoverAction, Protocol } from '../action.ts'
import type { HoldBounds } from '../edges.ts'
import type { Workbench } from '../parts.ts'
import type { CutoverPlan } from '../plan.ts'
import type { StepReport } from '../report.ts'
import type { StepName } from '../steps.ts'
import { type Budget, buildBudget } from './budget.ts'
import { endsOf } from './ends.ts'
import { buildIntentKeeper, type KeptIntent } from './intent-keeper.ts'
import { interpret } from './interpret.ts'
import { buildPerform } from './perform.ts'
import { sawOf } from './say.ts'
import { buildStepLog } from './step-log.ts'

/** How a protocol is run. */
export interface RunOfProtocol {
  readonly bench: Workbench
  readonly plan: CutoverPlan
  readonly bounds: HoldBounds
  readonly intent: KeptIntent['intent']
  /** The arbiter's epoch where its intent stands already, as in a recovery: then it is taken over. */
  readonly takenOverAt?: number
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((step: StepReport) => void) | undefined
  /** Called before each action, and after each that went well; awaited. */
  readonly onAction?: ((action: CutoverAction, when: 'before' | 'after') => void | Promise<void>) | undefined
}

/** What a run came to. */
export interface RanProtocol<Result> {
  readonly ending: Result
  readonly steps: readonly StepReport[]
  readonly holdMs: number | undefined
  readonly results: ReadonlyMap<CutoverAction['do'], unknown>
}

const interruptible: ReadonlySet<StepName> = new Set([
  'intent',
  'hold',
  'fenced',
  'fence',
  'tail',
  'follow',
  'ids',
  'commit',
])

/** Runs a protocol in production: over the ports, within its budget, with its intent kept fresh. */
export async function runProtocol<Result>(
  protocol: Protocol<Result>,
  run: RunOfProtocol,
): Promise<RanProtocol<Result>> {
  const { bench, plan, intent } = run
  const { clock, leaseMs } = bench
  const budget = buildBudget(clock, run.bounds.maxHoldMs)
  const keeper = buildIntentKeeper({ intent, arbiter: endsOf(bench, plan).owners.target, clock, leaseMs })
  const log = buildStepLog(clock, run.onStep)
  const perform = buildPerform({ ...run, budget, keeper })
  const results = new Map<CutoverAction['do'], unknown>()
  let releasedAt: number | undefined
  if (run.takenOverAt !== undefined) keeper.begin(run.takenOverAt)
  try {
    const ending = await interpret(protocol, async (action) => {
      log.at(action.step)
      keeper.at(action.step)
      await run.onAction?.(action, 'before')
      const result = await bounded(action, { run, budget, work: () => perform(action) }).catch((thrown: unknown) => {
        log.failed(thrown)
        throw thrown
      })
      await run.onAction?.(action, 'after')
      log.saw(sawOf(action, result))
      results.set(action.do, result)
      if (action.do === 'release') releasedAt = clock.monotonic()
      return result
    })
    const beganAt = budget.beganAt()
    const holdMs = beganAt === undefined || releasedAt === undefined ? undefined : releasedAt - beganAt
    return { ending, steps: log.end(), holdMs, results }
  } finally {
    log.end()
    await keeper.end()
  }
}

/** Up to the commit an action ends with the signal and with the budget of the hold; what ends a cutover does not. */
async function bounded(
  action: CutoverAction,
  {
    run,
    budget,
    work,
  }: { readonly run: RunOfProtocol; readonly budget: Budget; readonly work: () => Promise<unknown> },
): Promise<unknown> {
  if (!interruptible.has(action.step)) return await work()
  if (run.signal?.aborted) {
    throw new Fault('cutover-interrupted', 'it was interrupted', {
      hint: 'nothing has changed; start it again when you like',
      exitCode: exitCodes.interrupted,
    })
  }
  if (action.step === 'intent') return await work()
  return await budget.within(action.do.replaceAll('-', ' '), work())
}
