import { formatDurationMs } from '@banyan/toolkit/base'
import { type DifferenceGroup, describeDifference } from '@banyan/toolkit/compare'
import { formatCount, type GateReading } from '@banyan/toolkit/plan'

/** One line of `banyan plan run --json`. */
export interface PlanLine {
  readonly kind: 'skipped' | 'begun' | 'gate' | 'done' | 'flipped-back'
  readonly step: { readonly number: number; readonly action: string }
  readonly reading?: GateReading
  readonly evidence?: Readonly<Record<string, unknown>>
}

/** What a run of the plan showed: its gates as they were judged, and what was recorded. */
export interface PlanSeen {
  readonly gates: readonly { readonly action: string; readonly reading: GateReading }[]
  readonly recorded: number
}

/** Shows a plan's events as they come, a line a step, and remembers what the summary needs. */
export function buildDemoView(write: (text: string) => void, live: boolean) {
  const gates: { action: string; reading: GateReading }[] = []
  let recorded = 0
  let begunAt = performance.now()
  let waiting: { readonly action: string; readonly reading: GateReading } | undefined

  const line = (mark: string, text: string) => write(`${live ? '\r\u001b[K' : ''}  ${mark} ${text}\n`)
  const took = () => formatDurationMs(performance.now() - begunAt)
  const done = (event: PlanLine) => {
    const { step, reading } = event
    waiting = undefined
    if (reading !== undefined) gates.push({ action: step.action, reading })
    if (typeof event.evidence?.exchanges === 'number') recorded = event.evidence.exchanges
    const said = reading === undefined ? evidenceOf(event) : textOf(reading)
    line('v', [step.action.padEnd(28), said, took()].filter((part) => part !== '').join('   '))
  }

  return {
    show(text: string): void {
      const event = JSON.parse(text) as PlanLine
      const { kind, step, reading } = event
      if (kind === 'begun') begunAt = performance.now()
      if (kind === 'begun' && live) write(`  . ${step.action} ...`)
      if (kind === 'gate' && reading !== undefined) waiting = { action: step.action, reading }
      if (kind === 'gate' && reading !== undefined && live) write(`\r\u001b[K  . ${step.action}   ${textOf(reading)}`)
      if (kind === 'done') done(event)
    },
    /** Tells of the gate that halted the plan, if one did, and gives what was seen. */
    end(): PlanSeen {
      if (waiting !== undefined) {
        gates.push(waiting)
        line('x', `${waiting.action.padEnd(28)}   ${textOf(waiting.reading)}   ${took()}`)
        for (const group of waiting.reading.differences.slice(0, 3)) line(' ', `  ${differenceOf(group)}`)
        line(' ', '  nothing flipped')
      }
      return { gates, recorded }
    },
  }
}

function textOf({ conditions }: GateReading): string {
  return conditions.map(({ text }) => text).join('; ')
}

function differenceOf({ kind, path, count, sample }: DifferenceGroup): string {
  return `${formatCount(count)} x  ${describeDifference({ kind, path, legacy: sample.legacy, service: sample.service })}   ${sample.request}`
}

function evidenceOf({ evidence = {} }: PlanLine): string {
  const { exchanges, copied, total } = evidence
  if (typeof exchanges === 'number') return `${formatCount(exchanges)} recorded`
  if (typeof copied === 'number' && typeof total === 'number')
    return `${formatCount(copied)} of ${formatCount(total)} copied`
  return ''
}
