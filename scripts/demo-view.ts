import { stripVTControlCharacters } from 'node:util'
import { formatDurationMs, isJsonObject, type Json } from '@banyan/toolkit/base'
import { type DifferenceGroup, describeDifference } from '@banyan/toolkit/compare'
import { formatCount, type GateReading } from '@banyan/toolkit/plan'
import { paintFor } from './paint.ts'

/** One line of `banyan plan run --json`. */
export interface PlanLine {
  readonly kind: 'skipped' | 'begun' | 'gate' | 'done' | 'flipped-back'
  readonly step: { readonly number: number; readonly action: string; readonly kind: string; readonly route?: string }
  readonly reading?: GateReading
  readonly evidence?: Readonly<Record<string, Json | undefined>>
}

/** A gate as it was judged last. */
export interface SeenGate {
  readonly step: PlanLine['step']
  readonly reading: GateReading
  readonly evidence: NonNullable<PlanLine['evidence']>
}

/** A cutover that was done: where to, how long writes were held, and what became of them. */
export interface SeenCutover {
  readonly to: string
  readonly holdMs: number
  readonly held: number
  readonly refused: number
}

/** What a run of the plan showed: its gates as they were judged, what was recorded, and who owned the data in turn. */
export interface PlanSeen {
  readonly gates: readonly SeenGate[]
  readonly recorded: number
  readonly cutovers: readonly SeenCutover[]
}

/** Where the events are shown: `columns` is the width of a live terminal, undefined where no line is rewritten. */
export interface DemoScreen {
  readonly write: (text: string) => void
  readonly columns: number | undefined
}

const actionWidth = 34

/** Shows a plan's events as they come, a line a step, and remembers what the summary needs. */
export function buildDemoView({ write, columns }: DemoScreen) {
  const live = columns !== undefined
  const paint = paintFor(live)
  const gates: SeenGate[] = []
  const cutovers: SeenCutover[] = []
  let recorded = 0
  let begunAt = performance.now()
  let waiting: SeenGate | undefined

  const clear = live ? '\r\u001b[K' : ''
  const line = (text: string) => write(`${clear}  ${text}\n`)
  const rewrite = (text: string) => live && write(`${clear}${paint.dim(cut(`  . ${text}`, columns - 1))}`)
  const took = () => paint.dim(formatDurationMs(performance.now() - begunAt).padStart(7))
  const titled = ({ number, action }: PlanLine['step']) => `${String(number).padEnd(2)} ${action.padEnd(actionWidth)}`

  const done = ({ step, reading, evidence = {} }: PlanLine) => {
    waiting = undefined
    if (reading !== undefined) gates.push({ step, reading, evidence })
    if (typeof evidence.exchanges === 'number') recorded = evidence.exchanges
    const cutover = cutoverIn(evidence)
    if (cutover !== undefined) cutovers.push(cutover)
    const said = [evidenceOf(evidence), ...(reading?.conditions.map(({ text }) => text) ?? [])].filter(
      (text) => text !== '',
    )
    line(`${paint.good('v')} ${titled(step)} ${took()}   ${said[0] ?? ''}`.trimEnd())
    for (const more of said.slice(1)) line(`${' '.repeat(actionWidth + 16)}${more}`)
  }

  return {
    show(text: string): void {
      const event = JSON.parse(text) as PlanLine
      const { kind, step, reading } = event
      if (kind === 'begun') begunAt = performance.now()
      if (kind === 'begun') rewrite(`${titled(step)} ...`)
      if (kind === 'gate' && reading !== undefined) {
        waiting = { step, reading, evidence: {} }
        rewrite(`${titled(step)} ${took()}   ${reading.conditions.map((each) => each.text).join('; ')}`)
      }
      if (kind === 'done') done(event)
    },
    /** Tells of the gate that halted the plan, if one did, and gives what was seen. */
    end(): PlanSeen {
      if (waiting !== undefined) {
        gates.push(waiting)
        const { step, reading } = waiting
        const closed = reading.conditions.filter(({ outcome }) => outcome !== 'pass').map(({ text }) => text)
        line(`${paint.bad('x')} ${titled(step)} ${took()}   ${closed.join('; ')}`)
        for (const group of reading.differences.slice(0, 1)) line(`       ${differenceOf(group)}`)
        const more = reading.differences.length - 1
        if (more > 0) line(paint.dim(`       and less often at ${more} other ${more === 1 ? 'path' : 'paths'}`))
        line('       the plan halted, nothing flipped')
      }
      return { gates, recorded, cutovers }
    },
  }
}

/** Terminals cannot rewrite a line that wraps. */
function cut(text: string, columns: number): string {
  const plain = stripVTControlCharacters(text)
  return plain.length <= columns ? plain : `${plain.slice(0, Math.max(0, columns - 3))}...`
}

/** `577 x  $.createdAt  legacy 15:26Z  service 19:26Z  (+4 h)`, with the request that showed it. */
export function differenceOf({ kind, path, count, sample }: DifferenceGroup): string {
  return `${formatCount(count)} x  ${describeDifference({ kind, path, legacy: sample.legacy, service: sample.service })}   ${sample.request}`
}

function cutoverIn({ to, outcome, holdMs, hold }: NonNullable<PlanLine['evidence']>): SeenCutover | undefined {
  if (typeof to !== 'string' || outcome !== 'done' || !isJsonObject(hold)) return undefined
  return { to, holdMs: Number(holdMs), held: Number(hold.held), refused: Number(hold.refused) }
}

function evidenceOf(evidence: NonNullable<PlanLine['evidence']>): string {
  const { exchanges, copied } = evidence
  const cutover = cutoverIn(evidence)
  if (cutover !== undefined) {
    const { holdMs, held, refused } = cutover
    return `${formatCount(held)} ${held === 1 ? 'write' : 'writes'} held for ${Math.round(holdMs)} ms, ${refused} refused`
  }
  if (typeof exchanges === 'number') return `${formatCount(exchanges)} recorded`
  return typeof copied === 'number' ? `${formatCount(copied)} copied` : ''
}
