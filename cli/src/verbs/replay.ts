import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { type CompareRule, formatRouteTally } from '@banyan/toolkit/compare'
import { evaluateReplay, formatCount } from '@banyan/toolkit/plan'
import { parseRouteTable, type RouteTable } from '@banyan/toolkit/routing'
import {
  type Exchange,
  type HeaderPair,
  type ReplayReport,
  readRecording,
  replayRecording,
} from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import { parseHeader } from '../header.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface ReplayVerbOptions extends PlaceOptions {
  readonly legacy?: string
  readonly service?: string
  readonly headerFile?: string
  readonly writes: string
  readonly maxMismatch: string
  readonly exitCode?: true
  readonly json?: true
}

/** `banyan replay RECORDING`: sends recorded requests again, to one arm or both, and compares. */
export function addReplay(program: Command, shell: Shell): void {
  withPlace(program.command('replay'))
    .summary('send recorded requests again, to one arm or both, and compare')
    .description('With both arms their answers are compared with each other; with one, with the recorded answers.')
    .argument('<recording>', 'a file that banyan record made')
    .option('--legacy <url>', 'the legacy arm')
    .option('--service <url>', 'the service arm')
    .option('--header-file <file>', 'credentials that the recording does not hold: one `name: value` a line')
    .option('--writes <mode>', 'skip (default) or send, for arms whose data may be changed', 'skip')
    .option('--max-mismatch <share>', 'how many may mismatch', '0%')
    .option('--exit-code', 'end with 2 when more mismatched, or nothing could be compared')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan replay traffic.ndjson --legacy http://127.0.0.1:4000 --service http://127.0.0.1:4101 --exit-code',
    )
    .action(async (recording: string, options: ReplayVerbOptions) => await replay(recording, options, shell))
}

async function replay(recording: string, options: ReplayVerbOptions, shell: Shell): Promise<void> {
  const atMostShare = shareOf(options.maxMismatch)
  const file = readRecording(resolve(shell.cwd, recording))
  const table = await tableOf(options, shell)
  const comparable = ofArms(file, options.service === undefined ? undefined : table)
  const result = await replayRecording({
    exchanges: comparable.exchanges,
    arms: { legacy: options.legacy, service: options.service },
    headers: options.headerFile === undefined ? [] : await readHeaders(resolve(shell.cwd, options.headerFile)),
    rulesFor: acceptedRules(table),
    writes: options.writes === 'send' ? 'send' : 'skip',
    signal: shell.signal,
  })
  const gate = evaluateReplay(
    { atMostShare, samples: 1 },
    result.routes.map(({ tally }) => tally),
  )
  const report = file.report()
  if (options.json === true)
    shell.out(
      JSON.stringify({
        ...result,
        outcome: gate.outcome,
        withoutArms: comparable.left(),
        recording: report,
      }),
    )
  else shell.out(textOf(result, comparable.left()))
  for (const { text } of gate.conditions) shell.say(`${gate.outcome}: ${text}`)
  if (report.cut !== undefined)
    shell.say(`! the recording was cut in line ${report.cut.line}; that exchange was left out`)
  if (report.malformed > 0) shell.say(`! ${formatCount(report.malformed)} lines are no exchange and were left out`)
  if (result.interrupted) shell.endWith(exitCodes.interrupted)
  else if (options.exitCode === true && gate.outcome !== 'pass') shell.endWith(exitCodes.differences)
}

function shareOf(text: string): number {
  const percent = /^\d{1,3}(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN
  if (percent <= 100) return percent / 100
  throw new Fault('share-invalid', `"${text}" is not a share`, {
    hint: '--max-mismatch 0.1%',
    exitCode: exitCodes.usage,
  })
}

/** Reads one `name: value` a line; empty lines and lines that begin with # are left out. Values never reach a log. */
export async function readHeaders(file: string): Promise<readonly HeaderPair[]> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new Fault('headers-missing', `cannot read ${file}: ${messageOf(thrown)}`, { exitCode: exitCodes.usage })
  })
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [name, value] = parseHeader(line)
    return [name, value]
  })
}

/** The rules that people accepted in the route table, per route. */
export function acceptedRules(
  table: RouteTable | undefined,
): (about: { readonly route: string }) => readonly CompareRule[] {
  const rules = new Map(
    table?.routes.flatMap(({ name, target }) =>
      target.kind === 'capability' ? [[name, target.capability.compare]] : [],
    ),
  )
  return ({ route }) => rules.get(route) ?? none
}

const none: readonly CompareRule[] = []

/** A replay needs no route table; where there is one, its accepted rules hold. */
async function tableOf(options: PlaceOptions, shell: Shell): Promise<RouteTable | undefined> {
  const { routes } = locate(options, shell)
  const text = await readFile(routes, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = parseRouteTable(text, routes)
  return parsed.ok ? parsed.table : undefined
}

/** Exchanges of routes to a plain upstream are no business of a service: it has no answer for them. */
function ofArms(exchanges: AsyncIterable<Exchange>, table: RouteTable | undefined) {
  const plain = new Set(table?.routes.flatMap(({ name, target }) => (target.kind === 'upstream' ? [name] : [])))
  let left = 0
  return {
    left: () => left,
    exchanges: (async function* () {
      for await (const exchange of exchanges) {
        if (plain.has(exchange.route)) left += 1
        else yield exchange
      }
    })(),
  }
}

const skippedWords: Readonly<Record<string, string>> = { 'unsafe-method': 'writes' }

function textOf(
  { exchanges: { read, sent, skipped }, routes, sides, lastFailure }: ReplayReport,
  withoutArms: number,
): string {
  const left = [
    ...Object.entries(skipped).map(([reason, count]) => [skippedWords[reason] ?? reason, count] as const),
    ['of routes without arms', withoutArms] as const,
  ].filter(([, count]) => count > 0)
  const why = left.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ')
  const failures = Object.entries(lastFailure).map(([arm, failure]) => `${arm} failed last with: ${failure}`)
  return [
    `${formatCount(sent)} of ${formatCount(read + withoutArms)} exchanges sent, ${sides.join(' against ')}${why === '' ? '' : ` (left out: ${why})`}`,
    ...routes.map(({ tally }) => formatRouteTally(tally)),
    ...failures,
  ].join('\n')
}
