import { exitCodes, Fault, nearestWord, parseDurationMs } from '@banyan/toolkit/base'
import type { SyncSettings } from '@banyan/toolkit/data-sync'
import type { Command } from 'commander'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { showSyncStatus } from './sync-status.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'

/** `banyan sync pause`, `resume` and `set`: steer a worker while it runs, wherever it runs. */
export function addSyncSettings(sync: Command, shell: Shell): void {
  addSyncVerb<SyncOptions>(sync, shell, {
    name: 'pause',
    summary: 'let the worker apply nothing until resume; it keeps its lease, and what changes waits in the feed',
    next: 'banyan sync resume users',
    run: (open, options) => steer(open, options, () => open.sync.pause()),
  })
  addSyncVerb<SyncOptions>(sync, shell, {
    name: 'resume',
    summary: 'let a paused worker go on',
    next: 'banyan sync status users --watch',
    run: (open, options) => steer(open, options, () => open.sync.resume()),
  })
  addSyncVerb<SyncOptions>(sync, shell, {
    name: 'set',
    summary: 'set chunk-time, max-lag and max-rate of a worker while it runs',
    description:
      'chunk-time: what a chunk of a backfill should take. max-lag: above it a backfill makes way for follow. max-rate: aggregates per second that a backfill copies at most.',
    next: 'banyan sync set users chunk-time=40ms max-lag=5s max-rate=2000',
    shape: (command) =>
      command.argument('<setting...>', 'chunk-time=80ms, max-lag=2s, max-rate=2000 or max-rate=unlimited'),
    run: (open, options, rest) => {
      const settings = parseSettings(rest)
      return steer(open, options, () => open.sync.set(settings))
    },
  })
}

async function steer(open: OpenCapability, options: SyncOptions, change: () => Promise<unknown>): Promise<void> {
  await change()
  await showSyncStatus(open, options)
}

type Change = Partial<SyncSettings>
type Setting = (value: string) => Change | undefined

const settings: Readonly<Record<string, Setting>> = {
  'chunk-time': (value) => withDuration(value, (chunkTimeMs) => ({ chunkTimeMs })),
  'max-lag': (value) => withDuration(value, (maxLagMs) => ({ maxLagMs })),
  'max-rate': (value) => {
    if (value === 'unlimited') return { maxRate: undefined }
    return /^[1-9]\d{0,8}(\/s)?$/.test(value) ? { maxRate: Number(value.replace('/s', '')) } : undefined
  },
}

function withDuration(value: string, change: (ms: number) => Change): Change | undefined {
  const ms = parseDurationMs(value)
  return ms === undefined || ms < 1 ? undefined : change(ms)
}

/** Reads `chunk-time=80ms max-rate=2000`; throws `setting-unknown` or `setting-invalid` (exit 64). */
function parseSettings(texts: readonly string[]): Change {
  return Object.assign({}, ...texts.map(parseSetting))
}

function parseSetting(text: string): Change {
  const [, name = text, value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? []
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (setting === undefined) {
    const near = nearestWord(name, Object.keys(settings))
    throw new Fault(
      'setting-unknown',
      `"${name}" is no setting${near === undefined ? '' : `. Did you mean "${near}"?`}`,
      {
        hint: `${Object.keys(settings).join(', ')}: such as chunk-time=80ms`,
        exitCode: exitCodes.usage,
      },
    )
  }
  const change = setting(value)
  if (change !== undefined) return change
  throw new Fault('setting-invalid', `"${value}" cannot be the ${name}`, {
    hint: name === 'max-rate' ? 'max-rate=2000 or max-rate=unlimited' : `${name}=80ms, with a unit: ms, s or m`,
    exitCode: exitCodes.usage,
  })
}
