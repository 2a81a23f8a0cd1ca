import { resolve } from 'node:path'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { formatCount } from '@banyan/toolkit/plan'
import { readRouteTable } from '@banyan/toolkit/routing'
import { type ScanReport, scanRecording } from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import { findingLines } from '../secrets-text.ts'
import type { Shell } from '../shell.ts'

interface ScanFlags {
  readonly routes?: string
  readonly json?: true
}

/** `banyan recording scan RECORDING`: looks for what should have been redacted. */
export function addRecordingScan(recording: Command, shell: Shell): void {
  recording
    .command('scan')
    .summary('look through a recording for secrets that got through')
    .description('Exit 6 when redaction, as it is now, would replace something; what only may be a secret is listed.')
    .argument('<recording>', 'a file or folder that banyan record made')
    .option('--routes <file>', 'a route table, whose own redaction rules hold beside the defaults')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  banyan recording scan traffic.ndjson --routes edge-proxy/routes.yaml')
    .action(async (file: string, flags: ScanFlags) => await scanFile(file, flags, shell))
}

async function scanFile(file: string, { routes, json }: ScanFlags, shell: Shell): Promise<void> {
  const rules = routes === undefined ? undefined : (await readRouteTable(resolve(shell.cwd, routes))).table.recording
  const report = await scanRecording(resolve(shell.cwd, file), rules?.redact)
  if (json === true) shell.out(JSON.stringify({ formatVersion: 1, file, ...report }))
  else {
    for (const line of findingLines(report.findings)) shell.out(line)
    shell.out(summaryOf(report))
  }
  if (report.read.malformed > 0) shell.say(`! ${formatCount(report.read.malformed)} lines are no exchange`)
  if (report.secrets === 0) return
  throw new Fault('recording-holds-secrets', `${formatCount(report.secrets)} secrets are in ${file}`, {
    hint: 'delete it, or do not pass it on; name such fields in the route table under recording.redact, and record anew',
    exitCode: exitCodes.refused,
  })
}

function summaryOf({ secrets, maybes, exchanges, read }: ScanReport): string {
  if (read.exchanges === 0) return 'nothing was scanned: the recording holds no exchange'
  const found = `${formatCount(secrets)} secrets, ${formatCount(maybes)} that may be one`
  return `${formatCount(read.exchanges)} exchanges scanned: ${found}, in ${formatCount(exchanges)} of them`
}
