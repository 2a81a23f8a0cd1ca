import type { JsonObject } from '../base/index.ts'
import { evaluateGate } from './gate.ts'
import { routeOf } from './order.ts'
import type { Gate, Plan, Step } from './plan.ts'
import type { GateReading, GateSample, RouteCounters } from './readings.ts'
import type { PlanRun } from './run.ts'

const defaultPollMs = 250
const keptDifferences = 5

/** A gate with the step that it follows. */
export interface PendingGate {
  readonly plan: Plan
  readonly step: Step
  readonly gate: Gate
}

/**
 * Reads a gate until it passes, fails, or has been unknown for too long; counts from now on.
 * When an edge restarts, counting begins anew: what went before cannot be told from what came after.
 */
export async function waitForGate({ plan, step, gate }: PendingGate, run: PlanRun): Promise<GateReading> {
  const { clock, signal, readings } = run
  const route = routeOf(step.action)
  const read = async () => (route === undefined ? undefined : await readings.counters(route))
  const deadline = clock.monotonic() + step.gateTimeoutMs
  let before = await read()
  for (;;) {
    const lag = gate.lag === undefined ? undefined : await readings.lag(plan.capability)
    const sample: GateSample = { before, now: await read(), lag }
    const reading = evaluateGate(gate, sample)
    run.onEvent({ kind: 'gate', step, reading })
    if (isSettled(step, reading) || clock.monotonic() >= deadline) return reading
    before = baseline(sample)
    await clock.sleep(run.pollMs ?? defaultPollMs, signal)
  }
}

function baseline({ before, now }: GateSample): RouteCounters | undefined {
  return before === undefined || (now !== undefined && now.since !== before.since) ? now : before
}

/**
 * A flip that fails is taken back at once: callers are harmed. A shadow harms nobody, so its gate counts on until
 * it has all samples, and the report shows how far the damage goes.
 */
function isSettled(step: Step, { outcome, conditions }: GateReading): boolean {
  if (outcome === 'unknown') return false
  if (outcome === 'pass' || step.action.kind === 'flip') return true
  return conditions.every(({ outcome, denominator, wanted }) => outcome !== 'fail' || denominator >= wanted)
}

/** A gate reading as the journal keeps it. */
export function gateEvidence({ outcome, conditions, differences }: GateReading): JsonObject {
  return {
    outcome,
    conditions: conditions.map(({ condition, outcome, value, threshold, denominator, text }) => ({
      condition,
      outcome,
      value: finite(value),
      threshold: finite(threshold),
      denominator,
      text,
    })),
    differences: differences.slice(0, keptDifferences).map(({ kind, path, count }) => ({ kind, path, count })),
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
