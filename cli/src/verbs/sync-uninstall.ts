import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { SyncStatus } from '@banyan/toolkit/data-sync'
import type { Command } from 'commander'
import { confirm } from '../cutover/confirm.ts'
import { jsonDocument } from '../json-document.ts'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'

interface UninstallOptions extends SyncOptions {
  readonly confirm?: string
}

/** `banyan sync uninstall`: takes capture, owner rows and fences out of both databases again. */
export function addSyncUninstall(sync: Command, shell: Shell): void {
  addSyncVerb<UninstallOptions>(sync, shell, {
    name: 'uninstall',
    summary: 'take triggers, outboxes and fences out of both databases again',
    description:
      'Only while legacy owns the data and no worker is at work. What was copied stays, and so do checkpoint and quarantine in the target; a later worker installs anew and wants a backfill.',
    shape: (command) => command.option('--confirm <capability>', 'the name of the capability, instead of typing it'),
    run: uninstall,
  })
}

async function uninstall({ sync, shell, name }: OpenCapability, options: UninstallOptions): Promise<void> {
  assertIdle(name, await sync.status())
  const what = `this takes the capture of ${name} away: what changes from here on is no longer seen.`
  await confirm({ name, given: options.confirm, what }, shell)
  await sync.uninstall()
  if (options.json === true) shell.out(jsonDocument({ capability: name, uninstalled: true }))
  else
    shell.out(
      `${name}: no trigger, outbox or fence is left in either database\ninstall it again: banyan sync backfill ${name}`,
    )
}

function assertIdle(name: string, { owners, cutover, worker }: SyncStatus): void {
  const owner = owners.service?.owner ?? 'legacy'
  if (cutover !== undefined) throw refused(`a cutover of ${name} is under way`, 'see: banyan status')
  if (owner !== 'legacy')
    throw refused(
      `${owner} owns ${name}: its changes must go on to legacy`,
      `go back first: banyan cutover ${name} --to legacy`,
    )
  if (worker?.alive === true)
    throw refused(`${worker.holder} is at work and would install it again`, 'stop that worker first')
}

function refused(what: string, hint: string): Fault {
  return new Fault('uninstall-refused', what, { hint, exitCode: exitCodes.refused })
}
