import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { exitCodes, Fault, instant } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import { formatCount } from '@banyan/toolkit/plan'
import {
  buildRedactor,
  type ForeignFormat,
  type ImportOptions,
  type ImportReport,
  importExchanges,
  writeRecording,
} from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import { type PlaceOptions, withPlace } from '../place.ts'
import { type FilledVault, openFilledVault } from '../recording/filled-vault.ts'
import { routeOf } from '../recording/route-of.ts'
import { vaultFilesOf, vaultKeyHelp } from '../recording/vault-files.ts'
import { tableOf } from '../replay/table-rules.ts'
import type { Shell } from '../shell.ts'

interface ImportFlags extends PlaceOptions {
  readonly out: string
  readonly format?: string
  readonly origin?: readonly string[]
  readonly callerCookie?: string
  readonly vault?: string
  readonly vaultKey?: string
  readonly force?: true
  readonly json?: true
}

/** `banyan recording import FILE`: makes a recording of what another tool kept. */
export function addRecordingImport(recording: Command, shell: Shell): void {
  withPlace(recording.command('import'))
    .summary('make a recording of a HAR, a GoReplay file or an access log')
    .description(
      'Secrets are redacted before anything is stored. Where there is a route table, each request gets its route.',
    )
    .argument('<file>', 'HAR 1.2, .gor (also gzip), nginx or Apache combined log')
    .requiredOption('--out <file>', 'the recording')
    .option('--format <format>', 'har, gor or access-log (default: what the file looks like)')
    .option('--origin <url...>', 'HAR: only what went there (default: where its first entry went)')
    .option('--caller-cookie <name>', 'GoReplay: the cookie that holds a session')
    .option('--vault <file>', 'keep the values behind the tokens, encrypted, so that a replay can log in again')
    .option('--vault-key <file>', `${vaultKeyHelp}, made when it is not there`)
    .option('--force', 'replace the recording if it exists')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  banyan recording import session.har --out session.ndjson')
    .action(async (file: string, flags: ImportFlags) => await importFile(file, flags, shell))
}

async function importFile(file: string, flags: ImportFlags, shell: Shell): Promise<void> {
  const table = await tableOf(flags, shell)
  const rules = table?.recording?.redact
  const vault = await vaultOf(flags, shell)
  const redact = buildRedactor({
    key: randomBytes(32),
    ...(rules === undefined ? {} : { rules }),
    ...(vault === undefined ? {} : { onToken: vault.note }),
  })
  const imported = importExchanges(resolve(shell.cwd, file), {
    redact,
    ...(table === undefined ? {} : { routeOf: routeOf(table) }),
    ...sourceOf(flags),
  })
  const header = {
    banyanRecording: 1,
    startedAt: instant(shell.clock),
    routes: [],
    redaction: { keyId: redact.keyId },
  } as const
  const sink = await writeRecording(resolve(shell.cwd, flags.out), header, { overwrite: flags.force === true }).catch(
    async (thrown: unknown) => {
      await vault?.close()
      throw thrown
    },
  )
  try {
    for await (const exchange of imported) {
      shell.signal.throwIfAborted()
      await sink.write(exchange)
      await vault?.flush()
    }
  } finally {
    await sink.close()
    await vault?.close()
  }
  tell(imported.report(), flags, shell)
}

async function vaultOf(flags: ImportFlags, shell: Shell): Promise<FilledVault | undefined> {
  const files = vaultFilesOf(flags, shell.cwd)
  return files && (await openFilledVault(files, { overwrite: flags.force === true }))
}

function sourceOf({ format, origin, callerCookie }: ImportFlags): Partial<ImportOptions> {
  return {
    ...(format === undefined ? {} : { format: formatOf(format) }),
    ...(origin === undefined ? {} : { origins: origin }),
    ...(callerCookie === undefined ? {} : { callerCookie }),
  }
}

function formatOf(text: string): ForeignFormat {
  if (text === 'har' || text === 'gor' || text === 'access-log') return text
  throw new Fault('format-unknown', `"${text}" is no format that can be imported`, {
    hint: '--format har, --format gor or --format access-log',
    exitCode: exitCodes.usage,
  })
}

const skippedWords: Readonly<Record<string, string>> = {
  'other-origin': 'went to another server',
  'not-http': 'are no HTTP',
  'no-answer': 'got no answer',
  'not-a-get': 'are no GETs, and their bodies were not kept',
  'no-request': 'are answers without a request',
}

function tell(report: ImportReport, { out, json }: ImportFlags, shell: Shell): void {
  if (json === true) shell.out(JSON.stringify({ formatVersion: 1, file: out, ...report }))
  else shell.out(`${countedText(report.exchanges, 'exchange')} in ${out}, from ${report.format}`)
  for (const [why, count] of Object.entries(report.skipped))
    shell.say(`left out: ${formatCount(count)} ${skippedWords[why] ?? why}`)
  for (const [origin, count] of Object.entries(report.otherOrigins)) shell.say(`  ${origin} (${formatCount(count)})`)
  if (report.malformed > 0) shell.say(`! ${countedText(report.malformed, 'record')} malformed, left out`)
  for (const { offset, why } of report.malformedRecords) shell.say(`  at byte ${offset}: ${why}`)
  if (report.cut !== undefined) shell.say(`! reading ended early: ${report.cut}`)
  if (report.withoutAnswer > 0)
    shell.say(`! ${formatCount(report.withoutAnswer)} have no answer in the file: replay them to both arms`)
  if (report.format === 'access-log' && report.exchanges > 0)
    shell.say('an access log holds no answers: replay it to both arms')
  if (report.exchanges === 0) shell.say('! nothing was found that can be replayed')
}
