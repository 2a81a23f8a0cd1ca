import { exitCodes } from '@banyan/toolkit/base'
import type { TotalResult } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { grid } from '../grid.ts'
import { jsonDocument } from '../json-document.ts'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'

interface TotalsOptions extends SyncOptions {
  readonly exitCode?: true
}

/** `banyan sync totals`: compares the sums that the manifest declares, on both arms at one position. */
export function addSyncTotals(sync: Command, shell: Shell): void {
  addSyncVerb<TotalsOptions>(sync, shell, {
    name: 'totals',
    summary: 'compare the sums that the manifest declares, on both arms at one position',
    next: 'banyan sync verify users',
    shape: (command) => command.option('--exit-code', 'end with 2 when a sum differs, with 3 when one stays unknown'),
    run: totals,
  })
}

async function totals({ sync, shell, name }: OpenCapability, options: TotalsOptions): Promise<void> {
  const report = await sync.totals({ signal: shell.signal })
  if (options.json === true) shell.out(jsonDocument({ capability: name, ...report }))
  else if (report.totals.length === 0) shell.out(`the manifest of ${name} declares no totals`)
  else shell.out(textOf(report.totals, shell))
  if (options.exitCode !== true || report.equal === true) return
  shell.endWith(report.equal === false ? exitCodes.differences : exitCodes.gateFailed)
}

const columns = [
  { head: 'total' },
  { head: 'outcome' },
  { head: 'rows', right: true },
  { head: 'only in legacy' },
  { head: 'only in the service' },
]

function textOf(results: readonly TotalResult[], shell: Shell): string {
  return grid(
    shell,
    columns,
    results.map(({ name, equal, rows, onlyLegacy, onlyService }) => [
      name,
      equal === undefined ? 'unknown' : equal ? 'equal' : 'differs',
      formatCount(rows),
      onlyLegacy.join('\n'),
      onlyService.join('\n'),
    ]),
  )
}
