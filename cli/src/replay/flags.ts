import type { Command } from 'commander'
import type { PlaceOptions } from '../place.ts'
import { vaultKeyHelp } from '../recording/vault-files.ts'

/** What `banyan replay` may be told, as it is typed. */
export interface ReplayFlags extends PlaceOptions {
  readonly legacy?: string
  readonly service?: string
  readonly only?: readonly string[]
  readonly headerFile?: string
  readonly legacyHeaderFile?: string
  readonly serviceHeaderFile?: string
  readonly vault?: string
  readonly vaultKey?: string
  readonly writes: string
  readonly capability?: string
  readonly legacyCommand?: string
  readonly serviceCommand?: string
  readonly legacyDatabase?: string
  readonly serviceDatabase?: string
  readonly pace?: string
  readonly concurrency?: string
  readonly timeout?: string
  readonly askTwice?: string
  readonly askAgain?: string
  readonly covers?: string
  readonly seed?: string
  readonly resume?: string
  readonly maxMismatch?: string
  readonly exitCode?: true
  readonly json?: true
  readonly junit?: string
  readonly html?: string
}

/** Adds them, with what each is when nothing is said. */
export function addReplayFlags(command: Command): Command {
  command
    .option('--legacy <url>', 'the legacy arm')
    .option('--service <url>', 'the service arm')
    .option('--only <route...>', 'only these routes')
    .option('--header-file <file>', 'credentials that the recording does not hold: one `name: value` a line')
    .option('--legacy-header-file <file>', 'the same, for the legacy arm alone')
    .option('--service-header-file <file>', 'the same, for the service arm alone')
    .option('--vault <file>', "the recording's vault: secrets are sent as they were, so that log-ins work")
    .option('--vault-key <file>', vaultKeyHelp)
    .option(
      '--writes <mode>',
      'skip; send, to arms whose data may be changed; twin, to copies of both databases',
      'skip',
    )
    .option('--capability <name>', 'twin: whose arms are started (default: the only one that has data)')
    .option('--legacy-command <command>', 'twin: how it is started, with {database} and {port} (default: the manifest)')
    .option('--service-command <command>', 'twin: the same, for the service')
    .option('--legacy-database <url>', 'twin: what is copied, instead of the present data (a backup, say)')
    .option('--service-database <url>', 'twin: the same, for the service')
    .option('--pace <pace>', '`recorded`, or times faster: 2x (default: as fast as the arms answer)')
    .option('--concurrency <n>', 'requests at once, for each arm (default: 16)')
    .option('--timeout <duration>', 'for one answer (default: 10s)')
    .option(
      '--ask-twice <share>',
      'asked of legacy twice, to know its own noise; all that mismatches is, too (default: 10%)',
    )
    .option('--ask-again <duration>', 'ask both arms again about a read that mismatched, after so long')
  return command
    .option('--seed <text>', 'what is drawn is drawn from it: the same seed, the same result (default: banyan)')
    .option('--resume <file>', 'remember in it what is done; when it is there, go on from it')
    .option(
      '--covers <what>',
      '`edges`, or a recording of production: what they show and was never compared is reported',
    )
    .option('--max-mismatch <share>', 'a gate: exit code 3 unless at most so many mismatch, proven at 95 %')
    .option('--exit-code', 'end with 2 when anything mismatched, or nothing could be compared')
    .option('--json', 'the whole report as one JSON document')
    .option('--junit <file>', 'the report for a CI system')
    .option('--html <file>', 'the report as one page that needs no network')
}
