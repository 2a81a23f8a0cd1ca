import { exitCodes, formatDurationMs } from '@banyan/toolkit/base'
import { formatProgress, keyName, type Progress, type Quarantined, type SyncStatus } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { jsonDocument } from '../json-document.ts'
import { ownersText, pendingText } from '../owner-text.ts'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'

interface StatusOptions extends SyncOptions {
  readonly watch?: true
  readonly quarantine?: true
}

const shownQuarantined = 5
const mostQuarantined = 1000
const watchEveryMs = 1000

/** `banyan sync status`: where backfill, follow, owner and quarantine stand, as the databases say. */
export function addSyncStatus(sync: Command, shell: Shell): void {
  addSyncVerb<StatusOptions>(sync, shell, {
    name: 'status',
    summary: 'how far backfill and follow are; read from the databases',
    next: 'banyan sync verify users',
    shape: (command) =>
      command
        .option('--watch', 'a line a second, until Ctrl-C (with --json: a document a second)')
        .option('--quarantine', 'also all that was set aside, with the reasons (else the first 5)'),
    run: async (open, options) => {
      if (options.watch === true) await watch(open, options)
      else await showSyncStatus(open, options)
    },
  })
}

/** Prints the status once: for people, or as a JSON document. */
export async function showSyncStatus(
  { sync, shell }: OpenCapability,
  { json, quarantine }: StatusOptions,
): Promise<void> {
  const now = await sync.status()
  const most = quarantine === true ? mostQuarantined : shownQuarantined
  const quarantined = now.quarantined === 0 ? [] : await sync.quarantined(most)
  if (json === true) shell.out(jsonDocument({ ...now, quarantine: quarantined }))
  else shell.out(textOf(now, quarantined, shell))
}

async function watch({ sync, shell }: OpenCapability, { json }: SyncOptions): Promise<void> {
  let before: { readonly copied: number; readonly at: number } | undefined
  while (!shell.signal.aborted) {
    const now = await sync.status()
    const at = shell.clock.monotonic()
    const { copied } = now.backfill
    const perSecond = before && (1000 * (copied - before.copied)) / (at - before.at)
    before = { copied, at }
    shell.out(json === true ? jsonDocument(now) : lineOf(now, perSecond))
    await shell.clock.sleep(watchEveryMs, shell.signal).catch(() => undefined)
  }
  shell.endWith(exitCodes.interrupted)
}

function lineOf(status: SyncStatus, measured: number | undefined): string {
  const { direction, backfill, lag, quarantined, worker, settings, cutover } = status
  const { phase, copied, total } = backfill
  const perSecond = phase === 'running' ? measured : undefined
  const etaMs = perSecond === undefined || perSecond <= 0 ? undefined : (1000 * (total - copied)) / perSecond
  const trouble = worker?.trouble
  const progress: Progress = { direction, phase, copied, total, perSecond, etaMs, lag, quarantined, trouble }
  const paused = settings.paused ? ' · paused' : ''
  return `${formatProgress(progress)}${paused}${cutover === undefined ? '' : ` · cutover to ${cutover.to}: ${cutover.step}`}`
}

function textOf(status: SyncStatus, quarantined: readonly Quarantined[], { clock }: Shell): string {
  const { capability, direction, captured, requested, cutover, owners } = status
  const now = clock.now()
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['owner', ownersText(owners)],
    ['cutover', cutover && pendingText(capability, cutover, now)],
    ['capture', captured ? 'the change feed is installed' : 'not installed: banyan sync backfill installs it'],
    ['backfill', backfillText(status)],
    ['lag', lagText(status)],
    ['requested', requested === 0 ? undefined : `${formatCount(requested)} aggregates are asked for`],
    ['paused', status.settings.paused ? `yes; go on: banyan sync resume ${capability}` : undefined],
    ['settings', settingsText(status)],
    ['worker', workerText(status, now)],
    ['verified', verifiedText(status, now)],
    ['quarantine', formatCount(status.quarantined)],
  ]
  return [
    `${capability}   ${direction}`,
    ...lines.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(10)}  ${text}`])),
    ...quarantined.map(({ key, reason }) => `    ${keyName(key)}: ${reason}`),
  ].join('\n')
}

function backfillText({ backfill: { phase, copied, total }, direction }: SyncStatus): string {
  if (phase === 'never') return direction === 'to legacy' ? 'none needed: legacy holds what it held' : 'never'
  return `${phase}, ${formatCount(copied)} of ${formatCount(total)} copied`
}

function lagText({ lag, lagUnknown }: SyncStatus): string {
  if (lag === undefined) return `unknown${lagUnknown === undefined ? '' : `: ${lagUnknown}`}`
  return `${formatDurationMs(lag.ms)}, ${formatCount(lag.changes)} ${lag.changes === 1 ? 'change' : 'changes'}`
}

function settingsText({ settings }: SyncStatus): string {
  const { chunkTimeMs, maxLagMs, maxRate } = settings
  const rate = maxRate === undefined ? 'unlimited' : `${formatCount(maxRate)}/s`
  return `chunk-time ${formatDurationMs(chunkTimeMs)}, max-lag ${formatDurationMs(maxLagMs)}, max-rate ${rate}`
}

function workerText({ worker }: SyncStatus, now: number): string {
  if (worker === undefined) return 'none'
  const { holder, alive, lastHeartbeat, trouble } = worker
  if (!alive) return `none now; ${holder} was the last`
  return `${holder}, heartbeat ${formatDurationMs(now - lastHeartbeat)} ago${trouble === undefined ? '' : `; ${trouble}`}`
}

function verifiedText({ verified }: SyncStatus, now: number): string {
  if (verified === undefined) return 'never'
  const ago = `${formatDurationMs(now - Date.parse(verified.startedAt))} ago`
  const drift = Object.values(verified.drift).reduce((sum, count) => sum + count, 0)
  if (verified.equal === true) return `${ago}: ${formatCount(verified.aggregates)} aggregates, all equal`
  return verified.equal === false
    ? `${ago}: ${formatCount(drift)} drifted`
    : `${ago}: unknown, ${verified.why ?? 'nothing to compare'}`
}
