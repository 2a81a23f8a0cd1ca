import { exitCodes } from '@banyan/toolkit/base'
import type { Cutover } from '@banyan/toolkit/data-sync'
import { jsonDocument } from '../json-document.ts'
import { pendingText } from '../owner-text.ts'
import { sayLosses } from '../say-losses.ts'
import type { OpenCapability } from '../with-sync.ts'
import { plannedText, preflightText } from './cutover-text.ts'
import type { CutoverWish } from './wish.ts'

/** Shows the preflight and what each step would do with what it sees now; changes nothing. Ends with 3 where the preflight does not pass. */
export async function dryRun(open: OpenCapability, moving: Cutover, wish: CutoverWish): Promise<void> {
  const { shell, name, manifest } = open
  const { to, json } = wish
  const pending = await moving.pending()
  const preflight = await moving.preflight(to, wish.bounds)
  const steps = await moving.steps(to, wish.bounds)
  if (json) shell.out(jsonDocument({ dryRun: true, capability: name, to, pending: pending ?? null, preflight, steps }))
  else {
    sayLosses(manifest, shell)
    if (pending !== undefined) shell.say(`! a cutover ${pendingText(name, pending, shell.clock.now())}`)
    shell.out(
      `cutover of ${name} to ${to}: preflight\n\n${preflightText(preflight, shell)}\n\n${plannedText(steps, shell)}\n`,
    )
    shell.out('nothing was changed')
  }
  if (!preflight.ok) shell.endWith(exitCodes.gateFailed)
}
