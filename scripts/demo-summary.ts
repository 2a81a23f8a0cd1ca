import { formatDurationMs, isJsonObject } from '@banyan/toolkit/base'
import { describeDifference } from '@banyan/toolkit/compare'
import { formatCount, type JournalEntry } from '@banyan/toolkit/plan'
import type { ShoppersSummary } from '../monolith/shoppers/tally.ts'
import type { PlanSeen, SeenGate } from './demo-view.ts'
import { paintFor } from './paint.ts'

/** How the demo went: the run that the planted bug halted, the run after it, and who shopped meanwhile. */
export interface DemoOutcome {
  readonly ok: boolean
  readonly halted: PlanSeen
  readonly done: PlanSeen
  readonly shoppers: ShoppersSummary
  readonly journal: readonly JournalEntry[]
}

/** Where the summary is shown. */
export interface SummaryPlace {
  readonly journalFile: string
  readonly tookMs: number
  readonly live: boolean
}

/** The demo's summary: what the gates compared per route, what was recorded and replayed, what failed, what flipped. */
export function demoSummary(outcome: DemoOutcome, { journalFile, tookMs, live }: SummaryPlace): string {
  const { ok, halted, done, shoppers, journal } = outcome
  const paint = paintFor(live)
  const flips = journal.filter(isMove)
  const line = (name: string, text: string) => `  ${name.padEnd(11)}${text}`
  const marked = (mark: string, name: string, text: string) => `  ${mark} ${name.padEnd(9)}${text}`
  const verdict = ok
    ? `${paint.good('Every gate held')}; the planted bug was found before a caller saw it.`
    : paint.bad('NOT as it should be: see above.')
  return [
    '\nSummary:',
    ...halted.gates.flatMap((gate) => haltedLines(gate, (text) => marked(paint.bad('x'), 'gate', text))),
    ...fixedLines(done, flips).map((text) => marked(paint.good('v'), 'fixed', text)),
    line('compared', comparedText(done.gates.flatMap(comparedIn))),
    line('recorded', `${formatCount(halted.recorded)} exchanges`),
    line('replayed', `${replayedText(done)}   (to both arms)`),
    line('owner', ownersText(done.cutovers)),
    line(
      'requests',
      `${formatCount(shoppers.requests)}   failed ${formatCount(shoppers.failed)}   flips ${flips.length}   journal ${journalFile}`,
    ),
    `\n${verdict}   ${formatDurationMs(tookMs)}`,
  ].join('\n')
}

function haltedLines({ step, reading }: SeenGate, first: (text: string) => string): readonly string[] {
  const condition = reading.conditions.find(({ outcome }) => outcome !== 'pass')
  const [group] = reading.differences
  const where = step.route ?? step.action
  if (condition === undefined) return []
  return [
    first(`${where}   ${condition.text.split(', ')[0]}   nothing flipped`),
    ...(group === undefined
      ? []
      : [
          `${' '.repeat(13)}${describeDifference({ ...group, legacy: group.sample.legacy, service: group.sample.service })}`,
        ]),
  ]
}

/** `users.read   0 of 601 mismatched -> 10% -> service -> legacy -> service`. */
function fixedLines({ gates }: PlanSeen, flips: readonly JournalEntry[]): readonly string[] {
  const shadow = gates.find(({ step }) => step.kind === 'shadow')
  const condition = shadow?.reading.conditions.find((each) => each.condition === 'mismatches')
  if (shadow === undefined || condition === undefined) return []
  const moves = flips.map(({ evidence: { after } }) => (isJsonObject(after) ? ` -> ${after.serve}` : ''))
  return [`${shadow.step.route}   ${condition.text.split(', ')[0]}${moves.join('')}`]
}

interface Compared {
  readonly route: string
  readonly compared: number
  readonly mismatched: number
}

/** What a gate of a route compared live. */
function comparedIn({ step, reading }: SeenGate): readonly Compared[] {
  const condition = reading.conditions.find((each) => each.condition === 'mismatches')
  if (step.route === undefined || condition === undefined) return []
  const { value = 0, denominator } = condition
  return [{ route: step.route, compared: denominator, mismatched: Math.round(value * denominator) }]
}

function replayedText({ gates }: PlanSeen): string {
  const replayed = gates.flatMap(({ evidence }) => (Array.isArray(evidence.routes) ? evidence.routes : []))
  return comparedText(replayed.filter(isJsonObject).map(toCompared))
}

function toCompared({ route, compared, mismatched }: Readonly<Record<string, unknown>>): Compared {
  return { route: String(route), compared: Number(compared), mismatched: Number(mismatched) }
}

/** `users.read 912, mismatched 0; users.list 77, mismatched 0`. */
function comparedText(all: readonly Compared[]): string {
  const routes = [...new Set(all.map(({ route }) => route))]
  const sum = (route: string, count: (each: Compared) => number) =>
    all.filter((each) => each.route === route).reduce((total, each) => total + count(each), 0)
  const texts = routes.map(
    (route) =>
      `${route} ${formatCount(sum(route, ({ compared }) => compared))}, mismatched ${formatCount(sum(route, ({ mismatched }) => mismatched))}`,
  )
  return texts.join('; ') || 'nothing'
}

/** `legacy -> service (12 writes held for 41 ms) -> legacy (...)`. */
function ownersText(cutovers: PlanSeen['cutovers']): string {
  const moves = cutovers.map(({ to, held, holdMs }) => ` -> ${to} (${held} held, ${Math.round(holdMs)} ms)`)
  return `legacy${moves.join('')}, lost 0`
}

/** A flip that changed who serves; a flip of the shadow alone moves nobody. */
function isMove({ kind, evidence: { before, after } }: JournalEntry): boolean {
  return kind === 'flip' && isJsonObject(before) && isJsonObject(after) && before.serve !== after.serve
}
