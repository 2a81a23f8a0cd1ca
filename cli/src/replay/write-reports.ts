import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { type ComparisonReport, reportHtml, reportJunit, reportText } from '@banyan/toolkit/compare'
import { paintFor } from '../paint.ts'
import type { Shell } from '../shell.ts'
import type { ReplayFlags } from './flags.ts'

/** Shows a report as it was asked for: files first, for they are what a CI system keeps. */
export async function writeReports(
  report: ComparisonReport,
  flags: Pick<ReplayFlags, 'json' | 'junit' | 'html'>,
  shell: Shell,
): Promise<void> {
  if (flags.junit !== undefined) await write(resolve(shell.cwd, flags.junit), reportJunit(report))
  if (flags.html !== undefined) await write(resolve(shell.cwd, flags.html), reportHtml(report))
  if (flags.json === true) shell.out(JSON.stringify(report))
  else shell.out(reportText(report, { columns: shell.columns, paint: paintFor(shell) }))
  if (flags.html !== undefined) shell.say(`the report as a page: ${flags.html}`)
}

/** Readable by its owner only: answers of an application are nobody else's business, redacted or not. */
async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 }).catch((thrown: unknown) => {
    throw new Fault('report-unwritable', `cannot write ${file}: ${messageOf(thrown)}`, {
      hint: 'is the folder there?',
      exitCode: exitCodes.usage,
      cause: thrown,
    })
  })
}
