import type { Step, StepAction } from './plan.ts'
import type { Place, Reader } from './reader.ts'

/** Says which steps need an earlier one: a gate that can never be anything but unknown is a mistake in the plan. */
export function checkOrder(reader: Reader, places: readonly Place[], steps: readonly (Step | undefined)[]): void {
  for (const [index, step] of steps.entries()) {
    const place = places[index]
    if (step === undefined || place === undefined) continue
    const done = steps.slice(0, index + 1).flatMap((earlier) => (earlier === undefined ? [] : [earlier.action]))
    for (const message of whatIsMissing(step, done)) reader.say(place, message)
  }
}

function whatIsMissing({ action, gate }: Step, done: readonly StepAction[]): readonly string[] {
  const route = routeOf(action)
  const has = (kind: StepAction['kind']) => done.some((earlier) => earlier.kind === kind)
  const shadowed = done.some(
    (earlier) => earlier.kind === 'shadow' && earlier.route === route && earlier.sharePercent > 0,
  )
  const counted = gate?.mismatches ?? gate?.errors ?? gate?.p99
  const missing: string[] = []
  if (counted !== undefined && route === undefined) missing.push(`a gate on "${action.kind}" can only ask for lag.`)
  else if (gate?.mismatches !== undefined && !shadowed)
    missing.push(`mismatches need a shadow of ${route} in or before this step.`)
  if (action.kind === 'shadow' && (gate?.errors ?? gate?.p99) !== undefined) {
    missing.push('errors and p99 count what the service served: ask for them on a flip.')
  }
  if (gate?.lag !== undefined && !has('follow')) missing.push('lag is known only after a "follow" step.')
  if (action.kind === 'replay' && !has('record'))
    missing.push('there is nothing to replay: put a "record" step before.')
  if (action.kind === 'cutover' && !has('follow'))
    missing.push('what is written until the cutover must be applied: put a "follow" step before.')
  if (action.kind === 'cutover' && !has('verify'))
    missing.push('a cutover goes only where the data is proven: put a "verify" step before.')
  return missing
}

/** The route that a step moves; undefined for steps that move none. */
export function routeOf(action: StepAction): string | undefined {
  return action.kind === 'shadow' || action.kind === 'flip' ? action.route : undefined
}
