import { resolve } from 'node:path'
import { durationMs, exitCodes, Fault } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import { formatCount } from '@banyan/toolkit/plan'
import { readRouteTable } from '@banyan/toolkit/routing'
import { scanRecording } from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import { edgeClients } from '../edge-client.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import { recordTraffic } from '../record-traffic.ts'
import { vaultFilesOf, vaultKeyHelp } from '../recording/vault-files.ts'
import { warnOfSecrets } from '../secrets-text.ts'
import type { Shell } from '../shell.ts'

interface RecordOptions extends PlaceOptions {
  readonly out: string
  readonly part?: string
  readonly vault?: string
  readonly vaultKey?: string
  readonly scan: boolean
  readonly for?: string
  readonly count?: string
  readonly only?: readonly string[]
  readonly force?: true
  readonly json?: true
}

/** `banyan record`: stores what passes through the edge, redacted. */
export function addRecord(program: Command, shell: Shell): void {
  withPlace(program.command('record'))
    .summary('store requests and answers that pass through the edge, redacted')
    .description(
      'Records until the time is over, the count is reached or Ctrl-C. Secrets are redacted by the edge, before they are stored.',
    )
    .requiredOption('--out <file>', 'the recording, NDJSON, readable by you only; with .gz at its end, packed')
    .option('--for <duration>', 'how long, such as 30s')
    .option('--count <n>', 'how many exchanges')
    .option('--only <route...>', 'only these routes')
    .option('--part <size>', 'begin another file when one has grown so large, such as 64MiB')
    .option('--vault <file>', 'keep the values behind the tokens, encrypted, so that a replay can log in again')
    .option('--vault-key <file>', `${vaultKeyHelp}, made when it is not there`)
    .option('--no-scan', 'do not look through the recording for secrets at its end')
    .option('--force', 'replace the file if it exists')
    .option('--json', 'one JSON document at the end')
    .addHelpText(
      'after',
      '\nExample:\n  banyan record --out traffic.ndjson --for 30s --only users.read\nNext:\n  banyan replay traffic.ndjson --legacy URL --service URL',
    )
    .action(async (options: RecordOptions) => await record(options, shell))
}

async function record(options: RecordOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const count = options.count === undefined ? undefined : countOf(options.count)
  const time = options.for === undefined ? [] : [AbortSignal.timeout(durationMs(options.for))]
  const { table } = await readRouteTable(place.routes)
  const file = resolve(shell.cwd, options.out)
  const wanted = {
    ...{ file, count, routes: options.only ?? [], overwrite: options.force === true, clock: shell.clock },
    partBytes: options.part === undefined ? undefined : bytesOf(options.part),
    vault: vaultFilesOf(options, shell.cwd),
  }
  const signal = AbortSignal.any([shell.signal, ...time])
  if (options.for === undefined && count === undefined) shell.say('recording until Ctrl-C ...')
  const recorded = await recordTraffic(edgeClients(table.edges, place), { ...wanted, signal })
  const scan = options.scan ? await scanRecording(file, table.recording?.redact) : undefined
  if (options.json === true) {
    const found = scan === undefined ? {} : { scan: { secrets: scan.secrets, maybes: scan.maybes } }
    shell.out(JSON.stringify({ formatVersion: 1, file, ...recorded, ...found }))
  } else shell.out(`${countedText(recorded.exchanges, 'exchange')} in ${options.out}${partsText(recorded.parts)}`)
  if (recorded.dropped > 0) shell.say(`! ${formatCount(recorded.dropped)} were left out: somebody was too slow`)
  if (recorded.exchanges === 0) shell.say('! nothing passed through the edge meanwhile')
  if (scan !== undefined) warnOfSecrets(scan, options.out, shell)
  if (options.json !== true) shell.say(`next: banyan replay ${options.out} --legacy URL --service URL`)
}

function partsText(parts: number): string {
  return parts > 1 ? ` and ${formatCount(parts - 1)} more parts` : ''
}

function bytesOf(text: string): number {
  const [, digits, unit = ''] = /^([1-9]\d{0,5}) ?([KMG])iB$/.exec(text) ?? []
  if (digits !== undefined) return Number(digits) * 1024 ** ('KMG'.indexOf(unit) + 1)
  throw new Fault('size-invalid', `"${text}" is no size`, { hint: '--part 64MiB', exitCode: exitCodes.usage })
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Fault('count-invalid', `"${text}" is not a number of exchanges`, {
    hint: '--count 500',
    exitCode: exitCodes.usage,
  })
}
