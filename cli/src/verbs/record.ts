import { resolve } from 'node:path'
import { durationMs, exitCodes, Fault } from '@banyan/toolkit/base'
import { formatCount } from '@banyan/toolkit/plan'
import { readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { edgeClients } from '../edge-client.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import { recordTraffic } from '../record-traffic.ts'
import type { Shell } from '../shell.ts'

interface RecordOptions extends PlaceOptions {
  readonly out: string
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
    .requiredOption('--out <file>', 'the recording; NDJSON, readable by you only')
    .option('--for <duration>', 'how long, such as 30s')
    .option('--count <n>', 'how many exchanges')
    .option('--only <route...>', 'only these routes')
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
  const wanted = { file, count, routes: options.only ?? [], overwrite: options.force === true, clock: shell.clock }
  const signal = AbortSignal.any([shell.signal, ...time])
  if (options.for === undefined && count === undefined) shell.say('recording until Ctrl-C ...')
  const recorded = await recordTraffic(edgeClients(table.edges, place), { ...wanted, signal })
  if (options.json === true) shell.out(JSON.stringify({ formatVersion: 1, file, ...recorded }))
  else shell.out(`${formatCount(recorded.exchanges)} exchanges in ${options.out}`)
  if (recorded.dropped > 0) shell.say(`! ${formatCount(recorded.dropped)} were left out: somebody was too slow`)
  if (recorded.exchanges === 0) shell.say('! nothing passed through the edge meanwhile')
  if (options.json !== true) shell.say(`next: banyan replay ${options.out} --legacy URL --service URL`)
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Fault('count-invalid', `"${text}" is not a number of exchanges`, {
    hint: '--count 500',
    exitCode: exitCodes.usage,
  })
}
