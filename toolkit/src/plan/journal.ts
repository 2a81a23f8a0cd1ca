import { createHash } from 'node:crypto'
import {
  type Clock,
  canonicalJson,
  instant,
  isJsonObject,
  type JsonObject,
  parseJson,
  withFileLock,
} from '../base/index.ts'
import { appendLine, readLines } from './journal-file.ts'

/** What is told to the journal. */
export interface JournalNote {
  /** `flip`, `undo`, `plan-step-done` ...: see docs/cli.md. */
  readonly kind: string
  /** Who did it: `name@machine`. */
  readonly who: string
  readonly why: string | undefined
  /** What was done and what it rests on: revisions, edits, gate readings. */
  readonly evidence: JsonObject
}

/** One line of the journal: a note with its place in the chain. */
export interface JournalEntry extends JournalNote {
  /** From 1, without a gap. */
  readonly seq: number
  /** ISO 8601, UTC. */
  readonly at: string
  /** The `hash` of the entry before, or 64 zeros. */
  readonly prev: string
  /** SHA-256 over the canonical JSON of everything else in this entry, in hex. */
  readonly hash: string
}

/** What a journal holds. */
export interface JournalContent {
  readonly entries: readonly JournalEntry[]
  /** The beginning of an entry that a crash cut off; the next append keeps it aside. */
  readonly cut: string | undefined
  /** The first line (from 1) that is no entry at all, if there is one; entries end before it. */
  readonly brokenLine: number | undefined
}

/** Whether nobody changed, removed or inserted an entry; the first that does not fit is named. */
export type JournalVerdict =
  | { readonly ok: true; readonly entries: number; readonly cut: boolean }
  | { readonly ok: false; readonly line: number; readonly why: string }

/**
 * An append-only, hash-chained record: NDJSON, one file, mode 0600.
 *
 * The chain shows an entry that was changed, removed from the middle or inserted. It cannot show that the newest
 * entries were cut off: keep the last hash elsewhere (`banyan history --json`) where that matters.
 */
export interface Journal {
  readonly file: string
  /** Adds an entry and returns it when it is on disk. Appends of several processes queue up behind a lock. */
  append(note: JournalNote): Promise<JournalEntry>
  read(): Promise<JournalContent>
  verify(): Promise<JournalVerdict>
}

const beforeTheFirst = '0'.repeat(64)

/** The journal kept in `file`; the file is made by the first append. */
export function openJournal(file: string, clock: Clock): Journal {
  return {
    file,
    append: (note) => withFileLock(`${file}.lock`, { clock }, async () => appendEntry(file, note, instant(clock))),
    read: () => readJournal(file),
    verify: async () => verifyJournal(await readJournal(file)),
  }
}

async function appendEntry(file: string, note: JournalNote, at: string): Promise<JournalEntry> {
  return await appendLine(file, (lastLine) => {
    const last = lastLine === undefined ? undefined : parseEntry(lastLine)
    const linked = { ...note, at, seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? beforeTheFirst }
    const entry = { ...linked, hash: hashOf(linked) }
    return { line: JSON.stringify(inOrder(entry)), result: entry }
  })
}

function inOrder({ seq, at, kind, who, why, evidence, prev, hash }: JournalEntry): JournalEntry {
  return { seq, at, kind, who, why, evidence, prev, hash }
}

/** What `file` holds; a missing file is an empty journal. */
export async function readJournal(file: string): Promise<JournalContent> {
  const { lines, cut } = await readLines(file)
  const entries: JournalEntry[] = []
  for (const line of lines) {
    const entry = parseEntry(line)
    if (entry === undefined) return { entries, cut, brokenLine: entries.length + 1 }
    entries.push(entry)
  }
  return { entries, cut, brokenLine: undefined }
}

/** Walks the chain from the first entry to the last. */
export function verifyJournal({ entries, cut, brokenLine }: JournalContent): JournalVerdict {
  let prev = beforeTheFirst
  for (const [index, entry] of entries.entries()) {
    const why = breakOf(entry, index + 1, prev)
    if (why !== undefined) return { ok: false, line: index + 1, why }
    prev = entry.hash
  }
  if (brokenLine !== undefined) return { ok: false, line: brokenLine, why: 'the line is not a journal entry' }
  return { ok: true, entries: entries.length, cut: cut !== undefined }
}

function breakOf(entry: JournalEntry, seq: number, prev: string): string | undefined {
  const { hash, ...content } = entry
  if (entry.seq !== seq) return `entry ${entry.seq} stands where entry ${seq} belongs`
  if (entry.prev !== prev)
    return `entry ${seq} does not continue entry ${seq - 1}: one was changed, removed or inserted`
  if (hashOf(content) !== hash) return `entry ${seq} was changed after it was written`
  return undefined
}

function hashOf(content: Omit<JournalEntry, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}

function parseEntry(line: string): JournalEntry | undefined {
  const parsed = parseJson(line)
  if (!isJsonObject(parsed)) return undefined
  const { seq, at, kind, who, why, evidence, prev, hash } = parsed
  if (typeof seq !== 'number' || typeof at !== 'string' || typeof kind !== 'string') return undefined
  if (typeof who !== 'string' || typeof prev !== 'string' || typeof hash !== 'string') return undefined
  if (!isJsonObject(evidence) || (why !== undefined && typeof why !== 'string')) return undefined
  if (Object.keys(parsed).length > (why === undefined ? 7 : 8)) return undefined
  return { seq, at, kind, who, why, evidence, prev, hash }
}
