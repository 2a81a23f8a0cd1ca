import type { JsonObject } from '@banyan/toolkit/base'
import { type JournalEntry, openJournal } from '@banyan/toolkit/plan'
import type { OpenCapability } from '../with-sync.ts'

/**
 * Journals what became of cutovers of which the journal knows only the beginning: their coordinator was lost, and a worker or another coordinator
 * ended them. The owner row tells, for its epoch grows by one at a cutover that is done, and by two at one that was undone.
 */
export async function settleJournal({
  name,
  place,
  shell,
  sync,
}: Pick<OpenCapability, 'name' | 'place' | 'shell' | 'sync'>): Promise<void> {
  const journal = openJournal(place.journal, shell.clock)
  const { entries } = await journal.read()
  const ended = new Set(entries.filter(({ kind }) => kind === 'cutover').map(({ evidence }) => evidence.intention))
  const open = entries.filter(
    ({ kind, seq, evidence }) => kind === 'cutover-begun' && evidence.capability === name && !ended.has(seq),
  )
  if (open.length === 0) return
  const { owners, cutover } = await sync.status()
  if (cutover !== undefined) return
  const epoch = Math.max(owners.legacy?.epoch ?? 0, owners.service?.epoch ?? 0)
  for (const begun of open) {
    const evidence = { ...begun.evidence, intention: begun.seq, settled: 'afterwards', ...becameOf(begun, epoch) }
    await journal.append({ kind: 'cutover', who: shell.who, why: begun.why, evidence })
  }
}

function becameOf({ evidence }: JournalEntry, epoch: number): JsonObject {
  const before = Number(evidence.epoch)
  if (epoch === before + 1) return { outcome: 'done', epoch }
  if (epoch === before + 2) return { outcome: 'undone', epoch, because: 'its coordinator was lost' }
  if (epoch === before) return { outcome: 'undone', epoch, because: 'it ended before it had begun anything' }
  return { outcome: 'unknown', epoch, because: 'others came after it' }
}
