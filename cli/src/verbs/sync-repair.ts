import { exitCodes } from '@banyan/toolkit/base'
import { type AggregateKey, keyName, type RepairReport } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { jsonDocument } from '../json-document.ts'
import { collectKeys } from '../parse-key.ts'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'

interface RepairOptions extends SyncOptions {
  readonly dryRun?: true
  readonly key?: readonly AggregateKey[]
}

/** `banyan sync repair`: shows per key and field what it would do, or does it: by applying exactly those aggregates again. */
export function addSyncRepair(sync: Command, shell: Shell): void {
  addSyncVerb<RepairOptions>(sync, shell, {
    name: 'repair',
    summary: 'bring what drifted back to what the owner holds, key by key',
    description:
      'Finds the drift, applies exactly those aggregates again in their present state, and looks at them once more. Ends with 3 when some still differ.',
    next: 'banyan sync verify users',
    shape: (command) =>
      command
        .option('--dry-run', 'show the fix per key and field, and write nothing')
        .option('--key <key>', 'only this aggregate, by its key in the source; may be repeated', collectKeys),
    run: repair,
  })
  addSyncVerb<RepairOptions>(sync, shell, {
    name: 'retry',
    summary: 'try aggregates in quarantine again',
    next: 'banyan sync status users',
    shape: (command) =>
      command.option('--key <key>', 'only this aggregate, by its key in the source; may be repeated', collectKeys),
    run: retry,
  })
}

async function repair({ sync, shell, name }: OpenCapability, options: RepairOptions): Promise<void> {
  const { json, key, dryRun = false } = options
  const report = await sync.repair({ dryRun, signal: shell.signal, ...(key === undefined ? {} : { keys: key }) })
  shell.out(json === true ? jsonDocument(report) : textOf(report))
  shell.signal.throwIfAborted()
  if (dryRun && json !== true)
    shell.say(`nothing was written${report.found === 0 ? '' : `. Do it: banyan sync repair ${name}`}`)
  if (!report.complete || report.left.length > 0) shell.endWith(exitCodes.gateFailed)
}

function textOf({ capability, direction, dryRun, found, fixes, repaired, left, complete }: RepairReport): string {
  const done = dryRun || found === 0 ? '' : `; ${formatCount(repaired)} repaired`
  const unshown = found - fixes.length
  return [
    `${capability}, ${direction}: ${formatCount(found)} drifted${done}`,
    ...fixes.flatMap(({ key, kind, changes }) => [
      `  ${keyName(key)} (${kind})`,
      ...changes.map(({ path, is, becomes }) => `    ${path}: ${is ?? 'nothing'} -> ${becomes ?? 'nothing'}`),
    ]),
    ...(unshown > 0 ? [`  and ${formatCount(unshown)} more`] : []),
    ...left.map(
      ({ key, path, detail }) => `  ! ${keyName(key)} still differs: ${path === '' ? '' : `${path}: `}${detail}`,
    ),
    ...(complete ? [] : ['  ! not everything was looked at: is a worker at work? See banyan sync status']),
  ].join('\n')
}

async function retry({ sync, shell, name }: OpenCapability, { key, json }: RepairOptions): Promise<void> {
  const before = (await sync.status()).quarantined
  const asked = await sync.retry(key)
  if (json === true) {
    shell.out(jsonDocument({ capability: name, quarantined: before, asked }))
    return
  }
  shell.out(
    before === 0
      ? `the quarantine of ${name} is empty`
      : `${formatCount(asked)} of ${formatCount(before)} aggregates in quarantine are asked for again`,
  )
  if (asked > 0) shell.say(`what became of them: banyan sync status ${name}`)
}
