import { exitCodes, formatDurationMs } from '@banyan/toolkit/base'
import { type AggregateKey, keyName, type VerifyReport } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { jsonDocument } from '../json-document.ts'
import { collectKeys } from '../parse-key.ts'
import { sayNowAndThen } from '../say-progress.ts'
import type { Shell } from '../shell.ts'
import type { OpenCapability } from '../with-sync.ts'
import { addSyncVerb, type SyncOptions } from './sync-verb.ts'

interface VerifyOptions extends SyncOptions {
  readonly exitCode?: true
  readonly key?: readonly AggregateKey[]
}

const shownSamples = 20

/** `banyan sync verify`: proves both arms equal through the translator, also while they are written. */
export function addSyncVerify(sync: Command, shell: Shell): void {
  addSyncVerb<VerifyOptions>(sync, shell, {
    name: 'verify',
    summary: 'prove both arms equal through the translator; names key and field of what drifted',
    description:
      'Compares every aggregate once, and looks again at what differed after follow has passed it: so it ends, and is right, while writes go on.',
    next: 'banyan sync repair users --dry-run',
    shape: (command) =>
      command
        .option('--exit-code', 'end with 2 when something drifted, with 3 when it stays unknown')
        .option('--key <key>', 'only this aggregate, by its key in the source; may be repeated', collectKeys),
    run: verify,
  })
}

async function verify({ sync, shell, name }: OpenCapability, options: VerifyOptions): Promise<void> {
  const tell = sayNowAndThen(shell)
  const report = await sync.verify({
    signal: shell.signal,
    onProgress: (aggregates) => tell(`compared ${formatCount(aggregates)} aggregates`),
    ...(options.key === undefined ? {} : { keys: options.key }),
  })
  shell.out(options.json === true ? jsonDocument(report) : textOf(report, shell))
  shell.signal.throwIfAborted()
  if (report.equal === false && options.json !== true)
    shell.say(`what a repair would do: banyan sync repair ${name} --dry-run`)
  if (options.exitCode !== true || report.equal === true) return
  shell.endWith(report.equal === false ? exitCodes.differences : exitCodes.gateFailed)
}

function textOf(report: VerifyReport, shell: Shell): string {
  const { capability, direction, aggregates, rechecked, position, tookMs, samples } = report
  const many = `${formatCount(aggregates)} ${aggregates === 1 ? 'aggregate' : 'aggregates'}`
  const again = rechecked === 0 ? '' : `, ${formatCount(rechecked)} looked at again`
  const where = position === undefined ? '' : `, up to position ${position}`
  const more =
    samples.length > shownSamples ? [`  and ${formatCount(samples.length - shownSamples)} more: --json shows them`] : []
  return [
    `${capability}, ${direction}: ${many}, ${verdictText(report)}`,
    `  in ${formatDurationMs(tookMs)}${again}${where}`.slice(0, Math.max(shell.columns, 40)),
    ...driftText(report),
    ...samples
      .slice(0, shownSamples)
      .map(({ key, kind, path, detail }) => `  ${keyName(key)}  ${path || kind}: ${detail}`),
    ...more,
  ].join('\n')
}

function verdictText({ equal, drift, why }: VerifyReport): string {
  if (equal === true) return 'all equal, drift 0'
  const total = Object.values(drift).reduce((sum, count) => sum + count, 0)
  if (equal === false) return `drift ${formatCount(total)}`
  return `unknown: ${why ?? 'there was nothing to compare'}`
}

function driftText({ drift }: VerifyReport): readonly string[] {
  const kinds = Object.entries(drift).filter(([, count]) => count > 0)
  return kinds.length === 0 ? [] : [`  ${kinds.map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ')}`]
}
