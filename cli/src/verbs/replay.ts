import { resolve } from 'node:path'
import { exitCodes } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import { type ReplayReport, readRecording } from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import { withPlace } from '../place.ts'
import { addReplayFlags, type ReplayFlags } from '../replay/flags.ts'
import { optionsOf } from '../replay/options-of.ts'
import { tellProgress } from '../replay/progress.ts'
import { send } from '../replay/send.ts'
import { writeReports } from '../replay/write-reports.ts'
import type { Shell } from '../shell.ts'

/** `banyan replay RECORDING`: sends recorded requests again, to one arm or both, and compares. */
export function addReplay(program: Command, shell: Shell): void {
  const verb = program
    .command('replay')
    .summary('send recorded requests again, to one arm or both, and compare')
    .description('With both arms their answers are compared with each other; with one, with the recorded answers.')
    .argument('<recording>', 'a file or folder that banyan record made')
  withPlace(addReplayFlags(verb))
    .addHelpText('after', examples)
    .action(async (recording: string, flags: ReplayFlags) => await replay(recording, flags, shell))
}

const examples = `
Examples:
  banyan replay all.ndjson --legacy http://localhost:4000 \\
                           --service http://localhost:4101
  banyan replay all.ndjson --legacy URL --service URL --max-mismatch 0.1% \\
                           --html report.html
  banyan replay all.ndjson --writes twin --capability users`

async function replay(path: string, flags: ReplayFlags, shell: Shell): Promise<void> {
  const options = await optionsOf(flags, shell)
  const file = resolve(shell.cwd, path)
  const recording = readRecording(file)
  const progress = tellProgress(shell, file)
  const sending = { flags, options, recording, onProgress: progress.told }
  const report = await send(sending, shell).finally(progress.end)
  await writeReports(report, flags, shell)
  sayOdd(report, recording.report(), shell)
  shell.endWith(exitCodeOf(report, flags))
}

/** What the report does not hold: what to do about what was refused, why an arm failed last, where the recording was cut. */
function sayOdd(
  { routes, exchanges, lastFailure }: ReplayReport,
  read: ReturnType<ReturnType<typeof readRecording>['report']>,
  { say }: Shell,
): void {
  const refusedOf = ({ tally }: (typeof routes)[number]) =>
    tally.notComparable['both-refused'] + tally.notComparable.refused
  const refused = routes.reduce((sum, route) => sum + refusedOf(route), 0)
  if (refused > 0)
    say(
      `! ${countedText(refused, 'request')} ${refused === 1 ? 'was' : 'were'} refused (401, 403, 404) that had been let in: --header-file and --vault give credentials`,
    )
  const failed = routes.reduce((sum, { tally }) => sum + tally.notComparable['both-failed'], 0)
  if (failed > 0)
    say(
      `! ${countedText(failed, 'request')} failed alike on both arms, or led to another page, though the recording saw them succeed: that both agree proves nothing`,
    )
  if (exchanges.read > 0 && exchanges.skipped['not-asked-for'] === exchanges.read)
    say('! the recording holds nothing of the routes that --only names')
  for (const [arm, failure] of Object.entries(lastFailure)) say(`! ${arm} failed last with: ${failure}`)
  if (read.cut !== undefined) say(`! the recording was cut in line ${read.cut.line}; that exchange was left out`)
}

/** A gate that was asked for outranks mere differences; unknown is no pass (law 7). */
function exitCodeOf({ outcome, interrupted }: ReplayReport, { maxMismatch, exitCode }: ReplayFlags): number {
  if (interrupted) return exitCodes.interrupted
  if (outcome === 'pass') return exitCodes.done
  if (maxMismatch !== undefined) return exitCodes.gateFailed
  return exitCode === true ? exitCodes.differences : exitCodes.done
}
