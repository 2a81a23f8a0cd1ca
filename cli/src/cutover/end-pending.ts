import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Cutover } from '@banyan/toolkit/data-sync'
import { jsonDocument } from '../json-document.ts'
import { pendingText } from '../owner-text.ts'
import type { OpenCapability } from '../with-sync.ts'
import { recoveredText } from './cutover-text.ts'
import { settleJournal } from './settle-journal.ts'

type Open = Pick<OpenCapability, 'name' | 'shell' | 'sync' | 'place'>

/** Ends a cutover whose coordinator was lost: brings it to its end, or undoes it. Throws `cutover-pending` (exit 6) where its coordinator is at work. */
export async function endPending(open: Open, moving: Cutover): Promise<void> {
  const { name, shell } = open
  const pending = await moving.pending()
  const recovered = pending && (await moving.recover())
  if (recovered !== undefined) shell.say(recoveredText(name, recovered))
  if (pending === undefined || recovered !== undefined) return await settleJournal(open)
  throw new Fault('cutover-pending', `another cutover ${pendingText(name, pending, shell.clock.now())}`, {
    hint: 'wait for it to end, or cancel it',
    exitCode: exitCodes.refused,
  })
}

/** Undoes a cutover that is pending, or brings it to its end where it has happened already. Throws `cutover-none` (exit 6). */
export async function cancelPending(open: Open, moving: Cutover, json: boolean): Promise<void> {
  const { name, shell } = open
  const cancelled = await moving.cancel()
  if (cancelled === undefined)
    throw new Fault('cutover-none', `no cutover of ${name} is pending`, {
      hint: 'see: banyan status',
      exitCode: exitCodes.refused,
    })
  await settleJournal(open)
  shell.out(json ? jsonDocument({ capability: name, ...cancelled }) : recoveredText(name, cancelled))
}
