import { exitCodes, Fault, type JsonObject } from '@banyan/toolkit/base'
import { type JournalEntry, type JournalVerdict, readJournal, verifyJournal } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { knobsIn, textIn } from '../edit-file.ts'
import { grid } from '../grid.ts'
import { near } from '../near.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface HistoryOptions extends PlaceOptions {
  readonly limit: string
  readonly all?: true
  readonly json?: true
}

/** `banyan history`: what was flipped, by whom and why, with the journal's chain verified. */
export function addHistory(program: Command, shell: Shell): void {
  withPlace(program.command('history'))
    .summary('what was done, by whom and why; verifies the journal')
    .description('Shows the journal, newest last, and verifies its hash chain.')
    .option('--limit <n>', 'how many of the newest entries', '20')
    .option('--all', 'also intentions and the beginning of plan steps')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan history --limit 50\nNext:\n  banyan undo        takes the last flip back',
    )
    .action(async (options: HistoryOptions) => await history(options, shell))
}

async function history(options: HistoryOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const content = await readJournal(place.journal)
  const verdict = verifyJournal(content)
  const shown = content.entries
    .filter((entry) => options.all === true || !/-(intended|begun)$/.test(entry.kind) || isOpen(entry, content.entries))
    .slice(-limitOf(options.limit))
  if (options.json === true) {
    shell.out(JSON.stringify({ formatVersion: 1, file: place.journal, verified: verdict, entries: shown }))
  } else if (shown.length > 0) shell.out(rows(shown, shell))
  if (!verdict.ok) throw broken(place.journal, verdict)
  if (options.json === true) return
  shell.say(
    `${near(place.journal, shell.cwd)}: ${verdict.entries} entries, the chain holds${verdict.cut ? '; the last line was cut off by a crash' : ''}`,
  )
}

/** A cutover of which the journal knows no end: it is under way, or its coordinator was lost and nobody has written down what became of it. */
function isOpen({ kind, seq }: JournalEntry, entries: readonly JournalEntry[]): boolean {
  return kind === 'cutover-begun' && !entries.some((entry) => endsCutover(entry, seq))
}

function endsCutover({ kind, evidence }: JournalEntry, begun: number): boolean {
  return (kind === 'cutover' || kind === 'cutover-left') && evidence.intention === begun
}

function limitOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new Fault('limit-invalid', `"${text}" is not a number of entries`, {
    hint: '--limit 50',
    exitCode: exitCodes.usage,
  })
}

function rows(entries: readonly JournalEntry[], shell: Shell): string {
  const columns = [
    { head: '#', right: true },
    { head: 'when (UTC)' },
    { head: 'what' },
    { head: 'who' },
    { head: 'why' },
  ]
  return grid(
    shell,
    columns,
    entries.map((entry) => [String(entry.seq), dayAndTime(entry.at), whatOf(entry), entry.who, entry.why ?? '']),
  )
}

/** An instant of the journal as people read it, without its zone: `2026-11-21 09:04:22`. */
export function dayAndTime(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ')
}

function whatOf({ kind, evidence }: JournalEntry): string {
  if (kind === 'flip' || kind === 'undo') {
    const before = knobsIn(evidence, 'before')
    const after = knobsIn(evidence, 'after')
    const changes = (['serve', 'shadow'] as const)
      .filter((knob) => before[knob] !== after[knob])
      .map((knob) => `${knob === 'serve' ? '' : 'shadow '}${before[knob]} -> ${after[knob]}`)
    return `${kind} ${textIn(evidence, 'route')} ${changes.join(', ')}`
  }
  if (kind.startsWith('cutover')) return cutoverText(kind, evidence)
  if (kind.startsWith('plan-')) {
    return planText(kind, evidence)
  }
  return `${kind.replaceAll('-', ' ')} ${textIn(evidence, 'because')}`.trim()
}

/** `cutover users to service, epoch 3, held 84 ms`. */
function cutoverText(kind: string, evidence: JsonObject): string {
  const what = `cutover ${textIn(evidence, 'capability')} to ${textIn(evidence, 'to')}`
  if (kind === 'cutover-begun') return `${what} begun`
  if (kind !== 'cutover') return `${what} left: ${textIn(evidence, 'because')}`
  if (evidence.outcome !== 'done') return `${what} ${textIn(evidence, 'outcome')}: ${textIn(evidence, 'because')}`
  const held = typeof evidence.holdMs === 'number' ? `, held ${Math.round(evidence.holdMs)} ms` : ''
  return `${what}, epoch ${evidence.epoch}${held}`
}

/** `step 4 halted: shadow users.read 100% (gate failed)`. */
function planText(kind: string, evidence: JsonObject): string {
  if (evidence.step === undefined) return kind.replaceAll('-', ' ')
  const word = kind.replace(/^plan-(step-)?/, '')
  const gates: Readonly<Record<string, string>> = { fail: ' (gate failed)', unknown: ' (gate stayed unknown)' }
  return `step ${evidence.step} ${word}: ${textIn(evidence, 'action')}${gates[textIn(evidence, 'outcome')] ?? ''}`
}

function broken(file: string, { line, why }: Extract<JournalVerdict, { readonly ok: false }>): Fault {
  return new Fault('journal-broken', `${file}:${line}: ${why}`, {
    hint: 'somebody changed the journal. Entries before this line can be trusted; compare the rest with a backup.',
    exitCode: exitCodes.unexpected,
  })
}
