import { formatDurationMs } from '@banyan/toolkit/base'
import { formatProgress, type Progress, type Sync, type SyncStatus } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import { readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { capabilityNamed } from '../capability.ts'
import { edgeClients } from '../edge-client.ts'
import { edgeTimes } from '../edge-times.ts'
import { openSync } from '../open-sync.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface SyncOptions extends PlaceOptions {
  readonly json?: true
}

/** `banyan sync`: copies a capability's data to its service, and keeps it up to date. */
export function addSync(program: Command, shell: Shell): void {
  const sync = program.command('sync').summary("copy a capability's data to its service, and follow its changes")
  const verb = (name: string, summary: string, run: (asked: Asked) => Promise<void>) => {
    withPlace(sync.command(name))
      .summary(summary)
      .argument('<capability>', 'a capability of the route table, such as users')
      .option('--json', 'one JSON document at the end')
      .addHelpText('after', `\nExample:\n  banyan sync ${name} users`)
      .action(async (capability: string, options: SyncOptions) => await withSync(capability, { options, shell }, run))
  }
  verb('backfill', 'copy everything that exists; goes on where an earlier one was cut off', backfill)
  verb('follow', 'apply what changes, until Ctrl-C; also finishes a backfill', follow)
  verb('status', 'how far backfill and follow are; read from the databases', status)
}

interface Asked {
  readonly capability: string
  readonly sync: Sync
  readonly options: SyncOptions
  readonly shell: Shell
  readonly appliedThrough: ReturnType<typeof edgeTimes>
}

interface Invocation {
  readonly options: SyncOptions
  readonly shell: Shell
}

async function withSync(
  name: string,
  { options, shell }: Invocation,
  run: (asked: Asked) => Promise<void>,
): Promise<void> {
  const place = locate(options, shell)
  const { table } = await readRouteTable(place.routes)
  const capability = capabilityNamed(name, table)
  const sync = await openSync(capability, place, shell)
  try {
    const appliedThrough = edgeTimes(name, edgeClients(table.edges, place))
    await run({ capability: name, sync, options, shell, appliedThrough })
  } finally {
    await sync.close()
  }
}

async function backfill(asked: Asked): Promise<void> {
  const { sync, shell, capability } = asked
  await sync.install()
  await sync.backfill({ signal: shell.signal, onProgress: sayProgress(shell) })
  shell.signal.throwIfAborted()
  await status(asked)
  if (asked.options.json !== true) shell.say(`next: banyan sync follow ${capability}   (unless a worker does)`)
}

async function follow(asked: Asked): Promise<void> {
  const { sync, shell, capability, appliedThrough } = asked
  await sync.install()
  shell.say(`following ${capability} until Ctrl-C ...`)
  const hook = appliedThrough === undefined ? {} : { appliedThrough }
  await sync.work({ signal: shell.signal, onProgress: sayProgress(shell), ...hook })
}

async function status({ sync, options, shell }: Asked): Promise<void> {
  const now = await sync.status()
  shell.out(options.json === true ? JSON.stringify({ formatVersion: 1, ...now }) : textOf(now, shell.clock.now()))
}

/** A line where something changed; not the same line twice a second. */
function sayProgress(shell: Shell): (progress: Progress) => void {
  let last = ''
  return (progress) => {
    const line = formatProgress(progress)
    if (line !== last) shell.say(line)
    last = line
  }
}

function textOf({ capability, backfill, lag, quarantined, worker, captured }: SyncStatus, now: number): string {
  const copied = `${backfill.phase}, ${formatCount(backfill.copied)} of ${formatCount(backfill.total)} copied`
  return [
    `${capability}`,
    `  capture     ${captured ? 'the change feed is installed' : 'not installed: banyan sync backfill installs it'}`,
    `  backfill    ${backfill.phase === 'never' ? 'never' : copied}`,
    `  lag         ${lag === undefined ? 'unknown' : `${formatDurationMs(lag.ms)}, ${formatCount(lag.changes)} changes`}`,
    `  worker      ${worker === undefined ? 'none' : workerText(worker, now)}`,
    `  quarantine  ${formatCount(quarantined)}`,
  ].join('\n')
}

function workerText({ holder, alive, lastHeartbeat, trouble }: NonNullable<SyncStatus['worker']>, now: number): string {
  if (!alive) return `none now; ${holder} was the last`
  return `${holder}, heartbeat ${formatDurationMs(now - lastHeartbeat)} ago${trouble === undefined ? '' : `; ${trouble}`}`
}
