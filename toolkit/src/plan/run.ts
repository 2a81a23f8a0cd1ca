import type { Clock, JsonObject } from '../base/index.ts'
import type { RouteTally } from '../compare/index.ts'
import { evaluateCutover, evaluateVerify } from './evaluate-data.ts'
import { describeStep } from './format.ts'
import { evaluateReplay } from './gate.ts'
import type { Journal } from './journal.ts'
import { routeOf } from './order.ts'
import type { Plan, Step, StepAction } from './plan.ts'
import { type Knobs, progressOf } from './progress.ts'
import type { CutoverReading, DriftReading, GateReading, Readings } from './readings.ts'
import { replayTillClear } from './replay.ts'
import { gateEvidence, waitForGate } from './wait.ts'

type Action<Kind extends StepAction['kind']> = Extract<StepAction, { readonly kind: Kind }>

/** How the steps of a plan are done. What they return is evidence for the journal. Each must bear being repeated. */
export interface PlanActions {
  record(action: Action<'record'>, signal: AbortSignal): Promise<JsonObject>
  backfill(signal: AbortSignal): Promise<JsonObject>
  /** Makes sure that something follows while the plan runs; asked again at every run. */
  follow(signal: AbortSignal): Promise<JsonObject>
  shadow(action: Action<'shadow'>, reason: string): Promise<JsonObject>
  flip(action: Pick<Action<'flip'>, 'route' | 'serve'>, reason: string): Promise<JsonObject>
  replay(signal: AbortSignal): Promise<readonly RouteTally[]>
  /** Compares both arms' data, through the translator. */
  verify(run: LongAction): Promise<DriftReading>
  /** Moves the ownership of the capability; done already, where that arm owns it. Before its commit, an aborted signal undoes it. */
  cutover(action: Action<'cutover'>, run: LongAction): Promise<CutoverReading>
  /** How a route is served now; throws when the route table has no such route. */
  knobs(route: string): Promise<Knobs>
}

/** What an action gets that takes a while. */
export interface LongAction {
  readonly reason: string
  readonly signal: AbortSignal
  /** Tells people where it stands, in one line. */
  readonly onProgress: (text: string) => void
}

/** What happens while a plan runs. */
export type PlanEvent =
  | { readonly kind: 'skipped' | 'begun'; readonly step: Step }
  | { readonly kind: 'progress'; readonly step: Step; readonly text: string }
  | { readonly kind: 'gate'; readonly step: Step; readonly reading: GateReading }
  | {
      readonly kind: 'done'
      readonly step: Step
      readonly evidence: JsonObject
      readonly reading: GateReading | undefined
    }
  | { readonly kind: 'flipped-back'; readonly step: Step; readonly route: string; readonly serve: string }

/** How a run ended. */
export type PlanOutcome =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'halted'
      readonly step: Step
      readonly reading: GateReading
      /** What the step had flipped and was taken back; undefined when nothing was. */
      readonly flippedBack: { readonly route: string; readonly serve: string } | undefined
    }

/** What a run needs of the world. */
export interface PlanRun {
  readonly actions: PlanActions
  readonly readings: Readings
  readonly journal: Journal
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly who: string
  readonly onEvent: (event: PlanEvent) => void
  /** Awaited before each step that is not done yet: a person who wants to look first. */
  readonly beforeStep?: (step: Step) => Promise<void>
  /** How often a gate is read. Default 250. */
  readonly pollMs?: number
}

/**
 * Runs the steps that the journal does not know as done, in order, each followed by its gate.
 *
 * A gate that fails halts the run; what a `flip` step flipped is flipped back, a shadow stays. A gate that stays
 * unknown past its time halts too, and changes nothing. What an action throws ends the run: the step counts as not
 * done. Aborting the signal rejects with its reason; the next run resumes with the step that was cut off.
 */
export async function runPlan(plan: Plan, run: PlanRun): Promise<PlanOutcome> {
  const { lastDone } = progressOf(plan, (await run.journal.read()).entries)
  for (const step of plan.steps) {
    run.signal.throwIfAborted()
    if (step.number <= lastDone) {
      // To follow is a state, not a deed: it ended with the run that began it.
      if (step.action.kind === 'follow') await run.actions.follow(run.signal)
      run.onEvent({ kind: 'skipped', step })
      continue
    }
    await run.beforeStep?.(step)
    const halted = await runStep(plan, step, run)
    if (halted !== undefined) return halted
  }
  return { kind: 'done' }
}

async function runStep(plan: Plan, step: Step, run: PlanRun): Promise<PlanOutcome | undefined> {
  const before = await begin(plan, step, run)
  run.onEvent({ kind: 'begun', step })
  const { evidence, reading } = await act(plan, step, run)
  if (reading !== undefined && reading.outcome !== 'pass') return await halt({ plan, step, reading, before }, run)
  const gate: JsonObject = reading === undefined ? {} : { gate: gateEvidence(reading) }
  await note(plan, step, run, { kind: 'plan-step-done', evidence: { result: evidence, ...gate } })
  run.onEvent({ kind: 'done', step, evidence, reading })
  return undefined
}

/** Writes down what the step finds before it acts, so that a run that was cut off still knows the way back. */
async function begin(plan: Plan, step: Step, run: PlanRun): Promise<Knobs | undefined> {
  const route = routeOf(step.action)
  const { begun } = progressOf(plan, (await run.journal.read()).entries)
  const found = route === undefined ? undefined : await run.actions.knobs(route)
  const before = begun?.step === step.number ? (begun.before ?? found) : found
  const evidence: JsonObject = before === undefined ? {} : { before: { ...before } }
  await note(plan, step, run, { kind: 'plan-step-begun', evidence })
  return before
}

interface Acted {
  readonly evidence: JsonObject
  readonly reading: GateReading | undefined
}

/** A step whose action is judged by what it found is not done when that is bad: then its gate is not even asked. */
async function act(plan: Plan, step: Step, run: PlanRun): Promise<Acted> {
  const acted = await doAction(plan, step, run)
  if (acted.reading !== undefined) run.onEvent({ kind: 'gate', step, reading: acted.reading })
  if (step.gate === undefined || (acted.reading !== undefined && acted.reading.outcome !== 'pass')) return acted
  return { ...acted, reading: await waitForGate({ plan, step, gate: step.gate }, run) }
}

function replayedOf({ route, compared, mismatched }: RouteTally): JsonObject {
  return { route, compared, mismatched }
}

async function doAction(plan: Plan, step: Step, run: PlanRun): Promise<Acted> {
  const { action } = step
  const reason = `step ${step.number} of the plan for ${plan.capability}`
  const onProgress = (text: string) => run.onEvent({ kind: 'progress', step, text })
  switch (action.kind) {
    case 'replay': {
      const tallies = await replayTillClear(action.mismatches, () => run.actions.replay(run.signal))
      return { evidence: { routes: tallies.map(replayedOf) }, reading: evaluateReplay(action.mismatches, tallies) }
    }
    case 'verify': {
      const found = await run.actions.verify({ reason, signal: run.signal, onProgress })
      const { samples, aggregates, drift } = found
      return { evidence: { aggregates, drift, samples }, reading: evaluateVerify(found) }
    }
    case 'cutover': {
      const found = await run.actions.cutover(action, { reason, signal: run.signal, onProgress })
      return { evidence: found.evidence, reading: evaluateCutover(found) }
    }
    default:
      return { evidence: await doPlainly(action, reason, run), reading: undefined }
  }
}

type PlainAction = Exclude<StepAction, { readonly kind: 'replay' | 'verify' | 'cutover' }>

async function doPlainly(action: PlainAction, reason: string, { actions, signal }: PlanRun): Promise<JsonObject> {
  switch (action.kind) {
    case 'record':
      return await actions.record(action, signal)
    case 'backfill':
      return await actions.backfill(signal)
    case 'follow':
      return await actions.follow(signal)
    case 'shadow':
      return await actions.shadow(action, reason)
    case 'flip':
      return await actions.flip(action, action.reason ?? reason)
  }
}

interface Failed {
  readonly plan: Plan
  readonly step: Step
  readonly reading: GateReading
  readonly before: Knobs | undefined
}

async function halt({ plan, step, reading, before }: Failed, run: PlanRun): Promise<PlanOutcome> {
  const flippedBack = reading.outcome === 'fail' ? await flipBack(step, before, run) : undefined
  const back: JsonObject = flippedBack === undefined ? {} : { flippedBack }
  const evidence = { outcome: reading.outcome, gate: gateEvidence(reading), ...back }
  await note(plan, step, run, { kind: 'plan-halted', evidence })
  return { kind: 'halted', step, reading, flippedBack }
}

async function flipBack(step: Step, before: Knobs | undefined, run: PlanRun) {
  if (step.action.kind !== 'flip' || before === undefined) return undefined
  const { route } = step.action
  if ((await run.actions.knobs(route)).serve === before.serve) return undefined
  await run.actions.flip(
    { route, serve: before.serve },
    `the gate after step ${step.number} failed: ${describeStep(step)}`,
  )
  run.onEvent({ kind: 'flipped-back', step, route, serve: before.serve })
  return { route, serve: before.serve }
}

interface StepNote {
  readonly kind: string
  readonly evidence: JsonObject
}

async function note(plan: Plan, step: Step, run: PlanRun, { kind, evidence }: StepNote): Promise<void> {
  const about = { capability: plan.capability, plan: plan.file, revision: plan.revision, step: step.number }
  const what = { action: describeStep(step), ...evidence }
  await run.journal.append({ kind, who: run.who, why: undefined, evidence: { ...about, ...what } })
}
