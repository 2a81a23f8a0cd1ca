import { type JsonObject, messageOf } from '@banyan/toolkit/base'
import type { CutoverReport, HoldReport } from '@banyan/toolkit/data-sync'
import { openJournal } from '@banyan/toolkit/plan'
import type { OpenCapability } from '../with-sync.ts'
import { presentOwner } from './present-owner.ts'
import type { CutoverWish } from './wish.ts'

/**
 * Journals a cutover: `cutover-begun` before it begins, `cutover` with what was seen when it has ended, done or undone. One that ended neither way,
 * for its coordinator was lost or could not end it, has a `cutover-left` entry or none, and is settled by the next cutover.
 */
export async function journalCutover(
  { place, shell, name, sync }: Pick<OpenCapability, 'place' | 'shell' | 'name' | 'sync'>,
  { to, reason }: CutoverWish,
  run: () => Promise<CutoverReport>,
): Promise<CutoverReport> {
  const journal = openJournal(place.journal, shell.clock)
  const about = { capability: name, to, file: place.routes }
  const write = (kind: string, evidence: JsonObject) =>
    journal.append({ kind, who: shell.who, why: reason, evidence: { ...about, ...evidence } })
  const begun = await write('cutover-begun', { epoch: (await presentOwner(sync))?.epoch ?? 0 })
  try {
    const report = await run()
    await write('cutover', { intention: begun.seq, ...cutoverEvidence(report) })
    return report
  } catch (thrown) {
    await write('cutover-left', { intention: begun.seq, because: messageOf(thrown) })
    throw thrown
  }
}

/** What the journal keeps of a cutover: its outcome, the hold, and how long each step took. */
export function cutoverEvidence(report: CutoverReport): JsonObject {
  const { id, epoch, outcome, why, hold, holdMs, tail, steps } = report
  return {
    id,
    epoch,
    outcome,
    ...(why === undefined ? {} : { because: why }),
    tail,
    holdMs: rounded(holdMs),
    hold: hold === undefined ? null : holdEvidence(hold),
    steps: steps.map(({ name, tookMs, saw, ok }) => ({ name, tookMs: rounded(tookMs), saw, ok })),
  }
}

function holdEvidence({ held, released, refused, left, p50Ms, p99Ms, maxMs }: HoldReport): JsonObject {
  return { held, released, refused, left, p50Ms: rounded(p50Ms), p99Ms: rounded(p99Ms), maxMs: rounded(maxMs) }
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Number(ms.toFixed(1))
}
