import { formatDurationMs } from '@banyan/toolkit/base'
import type { CutoverReport, DryStep, HoldReport, Preflight, Recovered, StepReport } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import { grid } from '../grid.ts'
import { paintFor } from '../paint.ts'
import type { Shell } from '../shell.ts'
import { wrap } from '../wrap.ts'

type Width = Pick<Shell, 'columns' | 'colour'>

/** One step that was gone through: ` 5  read what the old owner wrote last: 12 aggregates (8 ms)`. */
export function stepText({ number, does, saw, tookMs, ok }: StepReport, shell: Width): string {
  const mark = ok ? `${number ?? '<'}`.padStart(2) : paintFor(shell).red(' x')
  const text = `${does}${saw === '' ? '' : `: ${saw}`} (${formatDurationMs(tookMs)})`
  const [first = '', ...rest] = wrap(text, shell.columns - 4).split('\n')
  return [`${mark}  ${first}`, ...rest.map((line) => `  ${line}`)].join('\n')
}

/** The steps as they would be done now. */
export function plannedText(steps: readonly DryStep[], shell: Width): string {
  const columns = [{ head: '#', right: true }, { head: 'what would be done' }, { head: 'what speaks to it now' }]
  return grid(
    shell,
    columns,
    steps.map(({ number, does, saw }) => [String(number ?? ''), does, saw]),
  )
}

/** A preflight, a row per check, with what to do where one does not pass. */
export function preflightText({ checks }: Preflight, shell: Width): string {
  const paint = paintFor(shell)
  const words = { pass: paint.green('ok'), fail: paint.red('fail'), unknown: paint.yellow('unknown') }
  const rows = checks.map(({ name, outcome, detail, hint }) => [
    words[outcome],
    name.replace(/^edge https?:\/\//, 'edge '),
    hint === undefined || outcome === 'pass' ? detail : `${detail}\n-> ${hint}`,
  ])
  return grid(shell, [{ head: 'outcome' }, { head: 'check' }, { head: 'what was seen' }], rows)
}

/** What keeps a preflight from passing, in one line. */
export function wantingText({ checks }: Preflight): string {
  const wanting = checks.filter(({ outcome }) => outcome !== 'pass')
  return wanting
    .map(({ name, detail, hint }) => `${name}: ${detail}${hint === undefined ? '' : ` (${hint})`}`)
    .join('; ')
}

/** What a cutover came to: what is live now, the hold, what was held, lost and how that is known, and the command that goes back. */
export function summaryText(capability: string, report: CutoverReport, shell: Width): string {
  const { to, owner, epoch, outcome, why, hint, hold, holdMs, tail, lostHow } = report
  const other = owner === 'service' ? 'legacy' : 'service'
  const lines =
    outcome === 'done'
      ? [
          `${capability} is owned by ${owner} now (epoch ${epoch}); its writes go there, at every edge`,
          ...holdTexts(hold, holdMs),
          ...(tail === 0
            ? []
            : [`  applied behind the fence: ${formatCount(tail)} changed ${tail === 1 ? 'aggregate' : 'aggregates'}`]),
          `  lost 0: ${lostHow}`,
          'go back, with all that is written from here on:',
          `  banyan cutover ${capability} --to ${other}`,
        ]
      : [
          `the cutover of ${capability} to ${to} was undone: ${owner} owns it as before (epoch ${epoch})`,
          ...(why === undefined ? [] : [`  why: ${why}`]),
          ...holdTexts(hold, holdMs),
          ...(hint === undefined ? [] : [`  ${hint}`]),
          `again: banyan cutover ${capability} --to ${to}`,
        ]
  return lines.map((line) => wrap(line, shell.columns)).join('\n')
}

/** What became of a cutover that its coordinator did not end. */
export function recoveredText(capability: string, { to, outcome, owner, epoch, coordinator }: Recovered): string {
  const what = outcome === 'done' ? 'was brought to its end' : 'was undone'
  return `the cutover to ${to} that ${coordinator} had begun ${what}: ${capability} is owned by ${owner} (epoch ${epoch})`
}

function holdTexts(hold: HoldReport | undefined, holdMs: number | undefined): readonly string[] {
  if (hold === undefined) return []
  const { held, released, refused, left, p50Ms, p99Ms, maxMs } = hold
  const waits =
    held === 0 || p50Ms === undefined || p99Ms === undefined || maxMs === undefined
      ? ''
      : `; they waited ${Math.round(p50Ms)}/${Math.round(p99Ms)}/${Math.round(maxMs)} ms (p50/p99/max)`
  const gone = left === 0 ? '' : `, ${formatCount(left)} left by their clients`
  return [
    ...(holdMs === undefined ? [] : [`  writes were held for ${Math.round(holdMs)} ms`]),
    `  held ${formatCount(held)} ${held === 1 ? 'request' : 'requests'}, sent on ${formatCount(released)}, refused ${formatCount(refused)}${gone}${waits}`,
  ]
}
