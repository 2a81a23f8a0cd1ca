import { resolve } from 'node:path'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import { formatCount } from '@banyan/toolkit/plan'
import { exportExchanges, readRecording } from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import type { Shell } from '../shell.ts'

interface ExportFlags {
  readonly out: string
  readonly format?: string
  readonly origin?: string
  readonly force?: true
  readonly json?: true
}

/** `banyan recording export RECORDING`: writes a recording as a file of another tool. */
export function addRecordingExport(recording: Command, shell: Shell): void {
  recording
    .command('export')
    .summary('write a recording as HAR or for GoReplay')
    .description('What was redacted stays redacted: tokens stand where secrets were.')
    .argument('<recording>', 'a file or folder that banyan record made')
    .requiredOption('--out <file>', 'ends in .har or .gor; with .gz behind it, it is packed')
    .option('--format <format>', 'har or gor (default: by the name of the file)')
    .option('--origin <url>', 'HAR: where the requests are said to have gone (default: http://localhost)')
    .option('--force', 'replace the file if it exists')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  banyan recording export traffic.ndjson --out traffic.gor.gz')
    .action(async (file: string, flags: ExportFlags) => await exportFile(file, flags, shell))
}

const skippedWords: Readonly<Record<string, string>> = {
  'body-not-stored': 'whose body was not stored whole',
  'not-writable': 'that the format cannot hold',
}

async function exportFile(file: string, flags: ExportFlags, shell: Shell): Promise<void> {
  const { origin, force } = flags
  const report = await exportExchanges(readRecording(resolve(shell.cwd, file)), resolve(shell.cwd, flags.out), {
    format: formatOf(flags),
    overwrite: force === true,
    ...(origin === undefined ? {} : { origin }),
  })
  if (flags.json === true) shell.out(JSON.stringify({ formatVersion: 1, file: flags.out, ...report }))
  else shell.out(`${countedText(report.exchanges, 'exchange')} in ${flags.out}`)
  for (const [why, count] of Object.entries(report.skipped))
    shell.say(`! left out: ${formatCount(count)} ${skippedWords[why] ?? why}`)
}

function formatOf({ format, out }: ExportFlags): 'har' | 'gor' {
  const said = format ?? /\.(har|gor)(\.gz)?$/.exec(out)?.[1]
  if (said === 'har' || said === 'gor') return said
  throw new Fault('format-unknown', `cannot tell which format ${out} is to have`, {
    hint: '--format har or --format gor',
    exitCode: exitCodes.usage,
  })
}
