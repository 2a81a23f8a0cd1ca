import { exitCodes, Fault, isJsonObject } from '@banyan/toolkit/base'
import { type JournalEntry, openJournal } from '@banyan/toolkit/plan'
import { applyEdits, type Edit, readRouteTable, reverseEdits, revisionOf } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { edgeClients } from '../edge-client.ts'
import { editsOf, knobsIn, textIn, writeEdit } from '../edit-file.ts'
import { liveText } from '../live-text.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import { reloadEdges } from '../reload-edges.ts'
import type { Shell } from '../shell.ts'
import { dayAndTime } from './history.ts'

interface UndoOptions extends PlaceOptions {
  readonly reason?: string
  readonly dryRun?: true
  readonly json?: true
}

/** `banyan undo`: takes the last flip back, byte for byte. */
export function addUndo(program: Command, shell: Shell): void {
  withPlace(program.command('undo'))
    .summary('take the last flip back, byte for byte')
    .description(
      'Restores the bytes that the last flip changed, and answers when every edge runs it. Again: the flip before.',
    )
    .option('--reason <text>', 'why, for the journal')
    .option('--dry-run', 'show what would be restored and write nothing')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan undo --reason "errors went up"\nNext:\n  banyan history     shows what there is to undo',
    )
    .action(async (options: UndoOptions) => await undo(options, shell))
}

async function undo(options: UndoOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const journal = openJournal(place.journal, shell.clock)
  const { entries } = await journal.read()
  const flip = lastFlip(entries, place.routes)
  refuseCutover(entries, place.routes, flip)
  if (flip === undefined) throw nothingToUndo(place.routes)
  const { text, table } = await readRouteTable(place.routes)
  const restored = restoredText(flip, text, table.revision)
  const before = knobsIn(flip.evidence, 'after')
  const after = knobsIn(flip.evidence, 'before')
  const route = textIn(flip.evidence, 'route')
  const what = `${route}: back to serve ${after.serve}, shadow ${after.shadow} (flip ${flip.seq} of ${dayAndTime(flip.at)} UTC by ${flip.who})`
  const evidence = { route, before, after, undoes: flip.seq }
  if (options.dryRun === true) {
    const effect = { formatVersion: 1, dryRun: true, ...evidence, from: table.revision, to: revisionOf(restored) }
    shell.out(options.json === true ? JSON.stringify(effect) : `${what}\nnothing was written`)
    return
  }
  const edit = { kind: 'undo', why: options.reason, from: table.revision, text: restored, evidence } as const
  const entry = await writeEdit(edit, place, { journal, shell })
  const revision = revisionOf(restored)
  const live = await reloadEdges(edgeClients(table.edges, place), revision)
  if (options.json === true) {
    shell.out(
      JSON.stringify({ formatVersion: 1, route, before, after, undoes: flip.seq, revision, entry: entry.seq, ...live }),
    )
    return
  }
  shell.out(`${what}\n${liveText(live, revision)}\ntake it back: ${flipCommand(route, before)}`)
}

/** A cutover is not taken back by bytes: the data written since goes with it. */
function refuseCutover(entries: readonly JournalEntry[], file: string, flip: JournalEntry | undefined): void {
  const last = entries.findLast(
    ({ kind, evidence }) => kind === 'cutover' && evidence.file === file && evidence.outcome === 'done',
  )
  if (last === undefined || last.seq < (flip?.seq ?? 0)) return
  const name = textIn(last.evidence, 'capability')
  const back = last.evidence.to === 'service' ? 'legacy' : 'service'
  throw new Fault(
    'undo-cutover',
    `the last change is the cutover of ${name} to ${textIn(last.evidence, 'to')} (${dayAndTime(last.at)} UTC by ${last.who})`,
    {
      hint: `go back, with all that was written since: banyan cutover ${name} --to ${back}`,
      exitCode: exitCodes.refused,
    },
  )
}

function lastFlip(entries: readonly JournalEntry[], file: string): JournalEntry | undefined {
  const edits = editsOf(entries, file)
  const undone = new Set(edits.map(({ evidence }) => evidence.undoes))
  return edits.findLast(({ kind, seq }) => kind === 'flip' && !undone.has(seq))
}

function nothingToUndo(file: string): Fault {
  return new Fault('nothing-to-undo', `the journal knows no flip of ${file} that was not taken back`, {
    hint: 'is this the right --state folder? See: banyan history',
    exitCode: exitCodes.refused,
  })
}

/** The exact bytes from before the flip; refuses when the file is not what the flip wrote. */
function restoredText(flip: JournalEntry, text: string, revision: string): string {
  if (revision !== flip.evidence.to) throw changedSince(flip, revision)
  const restored = applyEdits(text, reverseEdits(editsIn(flip)))
  if (revisionOf(restored) !== flip.evidence.from) throw changedSince(flip, revision)
  return restored
}

function editsIn({ evidence }: JournalEntry): readonly Edit[] {
  if (!Array.isArray(evidence.edits)) return []
  return evidence.edits.filter(isJsonObject).map((edit) => ({
    offset: Number(edit.offset),
    old: textIn(edit, 'old'),
    new: textIn(edit, 'new'),
  }))
}

function changedSince(flip: JournalEntry, revision: string): Fault {
  const route = textIn(flip.evidence, 'route')
  const written = textIn(flip.evidence, 'to')
  return new Fault(
    'route-table-changed',
    `the file is not what flip ${flip.seq} wrote (revision ${revision} instead of ${written}): its bytes cannot be restored`,
    { hint: `flip back instead: ${flipCommand(route, knobsIn(flip.evidence, 'before'))}`, exitCode: exitCodes.refused },
  )
}

function flipCommand(route: string, { serve, shadow }: { readonly serve: string; readonly shadow: string }): string {
  return `banyan flip ${route} --serve ${serve} --shadow ${shadow}`
}
