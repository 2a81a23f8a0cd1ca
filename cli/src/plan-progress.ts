import { describeDifference } from '@banyan/toolkit/compare'
import { describeStep, formatCount, type GateReading, type Plan, type PlanEvent } from '@banyan/toolkit/plan'
import { paintFor } from './paint.ts'
import type { Shell } from './shell.ts'

const shownDifferences = 5
const betweenLinesMs = 2000

/** Tells what happens while a plan runs: a line per step to standard output, waiting gates to standard error. */
export function planProgress(plan: Plan, shell: Shell, json: boolean): (event: PlanEvent) => void {
  if (json) return (event) => shell.out(JSON.stringify(jsonOf(event)))
  const waiting = buildWaiting(shell)
  return (event) => {
    const at = `${String(event.step.number).padStart(2)}/${plan.steps.length}`
    for (const line of linesOf(event, shell, waiting)) shell.out(`${at}  ${line}`)
  }
}

function linesOf(event: PlanEvent, shell: Shell, waiting: (reading: GateReading) => void): readonly string[] {
  const paint = paintFor(shell)
  const what = describeStep(event.step)
  switch (event.kind) {
    case 'skipped':
      return [paint.dim(`-  ${what}   (done before)`)]
    case 'begun':
      return [`>  ${what}`]
    case 'progress':
      shell.say(`       ${event.text}`)
      return []
    case 'gate':
      waiting(event.reading)
      return event.reading.outcome === 'fail'
        ? [paint.red(`x  ${what}   ${textOf(event.reading)}`), ...differencesOf(event.reading)]
        : []
    case 'done':
      return [`${paint.green('v')}  ${what}${event.reading === undefined ? '' : `   ${textOf(event.reading)}`}`]
    case 'flipped-back':
      return [paint.red(`<  ${event.route} flipped back to ${event.serve}`)]
  }
}

function textOf({ conditions }: GateReading): string {
  return conditions.map(({ text }) => text).join('; ')
}

function differencesOf({ differences }: GateReading): readonly string[] {
  return differences.slice(0, shownDifferences).map(({ kind, path, count, sample }) => {
    const text = describeDifference({ kind, path, legacy: sample.legacy, service: sample.service })
    return `   ${formatCount(count)} x ${text}   ${sample.request}`
  })
}

/** A gate is read several times a second: one line now and then is enough. */
function buildWaiting({ clock, say }: Shell): (reading: GateReading) => void {
  let next = clock.monotonic() + betweenLinesMs
  return (reading) => {
    if (reading.outcome !== 'unknown' || clock.monotonic() < next) return
    next = clock.monotonic() + betweenLinesMs
    say(`       waiting: ${textOf(reading)}`)
  }
}

function jsonOf(event: PlanEvent) {
  const { number, action } = event.step
  const about = { kind: action.kind, route: 'route' in action ? action.route : undefined }
  return { formatVersion: 1, ...event, step: { number, action: describeStep(event.step), ...about } }
}
