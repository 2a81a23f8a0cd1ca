import { join } from 'node:path'
import { isJsonObject, type JsonObject, messageOf, withFileLock } from '@banyan/toolkit/base'
import type { Journal, JournalEntry } from '@banyan/toolkit/plan'
import { readRouteTable, revisionOf, writeRouteTable } from '@banyan/toolkit/routing'
import type { Place } from './place.ts'
import type { Shell } from './shell.ts'

/** A change of a route table's file that is ready to be written. */
export interface FileEdit {
  /** What the journal calls it. */
  readonly kind: 'flip' | 'undo'
  readonly why: string | undefined
  /** The revision that the change was made for. */
  readonly from: string
  readonly text: string
  /** Route, knobs before and after, edits. */
  readonly evidence: JsonObject
}

/**
 * Writes a change of the route table and journals it, so that the journal never claims what was not written, and
 * nothing is written that the journal does not know.
 *
 * One entry cannot do both: before the write it may be a lie, after it a crash may leave it out. So it is two: an
 * `intended` entry, then the write (compare and swap on the file's revision), then the entry itself, which names the
 * intention. Whoever writes next settles an intention without an outcome by looking at the file: it holds the new
 * revision (written), the old one (not written), or something else (nobody knows, and the journal says so).
 * Writers of one state folder take turns by `flips.lock`, so that a pending intention is always one of the dead.
 */
export async function writeEdit(edit: FileEdit, place: Place, tools: EditTools): Promise<JournalEntry> {
  return await withFileLock(join(place.state, 'flips.lock'), tools.shell, async () => {
    await settle(place, tools)
    const evidence = { file: place.routes, ...edit.evidence, from: edit.from, to: revisionOf(edit.text) }
    const intended = await note({ ...edit, kind: `${edit.kind}-intended`, evidence }, tools)
    try {
      await writeRouteTable(place.routes, edit.text, edit.from)
    } catch (thrown) {
      const because = { intention: intended.seq, because: messageOf(thrown) }
      await note({ kind: `${edit.kind}-abandoned`, why: undefined, evidence: because }, tools)
      throw thrown
    }
    return await note({ ...edit, evidence: { ...evidence, intention: intended.seq } }, tools)
  })
}

/** What writing needs beside the place. */
export interface EditTools {
  readonly shell: Pick<Shell, 'clock' | 'who'>
  readonly journal: Journal
}

interface Note {
  readonly kind: string
  readonly why: string | undefined
  readonly evidence: JsonObject
}

async function note({ kind, why, evidence }: Note, { journal, shell }: EditTools): Promise<JournalEntry> {
  return await journal.append({ kind, who: shell.who, why, evidence })
}

async function settle(place: Place, tools: EditTools): Promise<void> {
  const { entries } = await tools.journal.read()
  const settled = new Set(entries.map(({ evidence }) => evidence.intention))
  const pending = entries.filter(({ kind, seq }) => kind.endsWith('-intended') && !settled.has(seq))
  for (const intended of pending) await settleOne(intended, place, tools)
}

async function settleOne(intended: JournalEntry, place: Place, tools: EditTools): Promise<void> {
  const { file, from, to } = intended.evidence
  if (file !== place.routes) return
  const kind = intended.kind.replace(/-intended$/, '')
  const { table } = await readRouteTable(place.routes)
  const about = { intention: intended.seq, settled: 'afterwards: the process that began it had ended' }
  if (table.revision === to) {
    await note({ kind, why: intended.why, evidence: { ...intended.evidence, ...about } }, tools)
    return
  }
  const because =
    table.revision === from
      ? 'it was never written'
      : 'the file is another one by now: whether it was written is not known'
  await note({ kind: `${kind}-abandoned`, why: undefined, evidence: { ...about, because } }, tools)
}

/** Which of the entries are edits of this file that were written, oldest first. */
export function editsOf(entries: readonly JournalEntry[], file: string): readonly JournalEntry[] {
  return entries.filter(({ kind, evidence }) => (kind === 'flip' || kind === 'undo') && evidence.file === file)
}

/** A text field of an entry's evidence; empty when it is none. */
export function textIn(evidence: JsonObject, field: string): string {
  const value = evidence[field]
  return typeof value === 'string' ? value : ''
}

/** The knobs that an entry's evidence holds under `field`. */
export function knobsIn(evidence: JsonObject, field: 'before' | 'after'): { serve: string; shadow: string } {
  const knobs = evidence[field]
  return isJsonObject(knobs)
    ? { serve: textIn(knobs, 'serve'), shadow: textIn(knobs, 'shadow') }
    : { serve: '', shadow: '' }
}
