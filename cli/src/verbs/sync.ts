import { buildCutoverEdges, buildEdgeReports } from '@banyan/toolkit/sync-worker/edges'
import type { Command } from 'commander'
import { sayLosses } from '../say-losses.ts'
import { sayProgress } from '../say-progress.ts'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { addSyncRepair } from './sync-repair.ts'
import { addSyncSettings } from './sync-settings.ts'
import { addSyncStatus, showSyncStatus } from './sync-status.ts'
import { addSyncTotals } from './sync-totals.ts'
import { addSyncUninstall } from './sync-uninstall.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'
import { addSyncVerify } from './sync-verify.ts'

/** `banyan sync`: copies a capability's data to the other arm, keeps it up to date, and proves it. */
export function addSync(program: Command, shell: Shell): void {
  const sync = program.command('sync').summary("copy a capability's data, follow its changes, prove both arms equal")
  addSyncVerb<SyncOptions>(sync, shell, {
    name: 'backfill',
    summary: 'copy everything that exists; goes on where an earlier one was cut off',
    next: 'banyan sync follow users   (unless a worker does)',
    run: backfill,
  })
  addSyncVerb<SyncOptions>(sync, shell, {
    name: 'follow',
    summary: 'apply what changes, until Ctrl-C; also finishes a backfill',
    next: 'banyan sync verify users',
    run: follow,
  })
  addSyncStatus(sync, shell)
  addSyncVerify(sync, shell)
  addSyncRepair(sync, shell)
  addSyncTotals(sync, shell)
  addSyncSettings(sync, shell)
  addSyncUninstall(sync, shell)
}

async function backfill(open: OpenCapability, options: SyncOptions): Promise<void> {
  const { sync, shell, name, manifest } = open
  sayLosses(manifest, shell)
  await sync.install()
  await sync.backfill({ signal: shell.signal, onProgress: sayProgress(shell) })
  shell.signal.throwIfAborted()
  await showSyncStatus(open, options)
  if (options.json !== true) shell.say(`next: banyan sync follow ${name}   (unless a worker does)`)
}

async function follow({ sync, shell, name, manifest, edges }: OpenCapability): Promise<void> {
  sayLosses(manifest, shell)
  await sync.install()
  shell.say(`following ${name} until Ctrl-C ...`)
  const asked =
    edges.urls.length === 0 ? {} : { appliedThrough: buildEdgeReports(edges), edges: buildCutoverEdges(edges) }
  // Whoever coordinates a cutover may hold the lease for a moment: then this one stands by.
  await sync.work({ signal: shell.signal, wait: true, onProgress: sayProgress(shell), ...asked })
}
