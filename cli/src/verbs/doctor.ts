import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { checkData } from '../check-data.ts'
import { checkMachine } from '../check-machine.ts'
import { checkLive, checkTraffic } from '../check-traffic.ts'
import { type Finding, fail, ok, type Patient } from '../finding.ts'
import { nearAll } from '../near.ts'
import { paintFor } from '../paint.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface DoctorOptions extends PlaceOptions {
  readonly json?: true
}

/** `banyan doctor`: whether all that banyan needs is there, and what to do where it is not. */
export function addDoctor(program: Command, shell: Shell): void {
  withPlace(program.command('doctor'))
    .summary('whether all that banyan needs is there, and what to do where it is not')
    .description(
      'Checks Node, state folder, token, journal, route table, upstreams, edges, clocks, databases and sync; changes nothing. Exit code 1 when a check fails.',
    )
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  banyan doctor')
    .action(async (options: DoctorOptions) => await doctor(options, shell))
}

async function doctor(options: DoctorOptions, shell: Shell): Promise<void> {
  const findings = await examine({ place: locate(options, shell), shell })
  const failed = findings.filter(({ outcome }) => outcome === 'fail').length
  if (options.json === true) shell.out(JSON.stringify({ formatVersion: 1, healthy: failed === 0, findings }))
  else shell.out(textOf(findings, shell))
  if (failed > 0) shell.endWith(exitCodes.unexpected)
}

async function examine(patient: Patient): Promise<readonly Finding[]> {
  const machine = await checkMachine(patient)
  const { routes } = patient.place
  try {
    const { table } = await readRouteTable(routes)
    const valid = ok('route table', `${routes}: ${table.routes.length} routes, revision ${table.revision}`)
    return [...machine, valid, ...(await checkTraffic(table, patient)), ...(await checkData(table, patient))]
  } catch (thrown) {
    return [...machine, fail('route table', messageOf(thrown), remedyOf(thrown)), ...(await checkLive(patient))]
  }
}

function remedyOf(thrown: unknown): string {
  const isInvalid = thrown instanceof Fault && thrown.code === 'route-table-invalid'
  if (isInvalid) return 'mend it, then: banyan routes check. An edge that runs keeps its last good one'
  return (thrown instanceof Fault ? thrown.hint : undefined) ?? 'banyan init writes a first one'
}

function textOf(findings: readonly Finding[], shell: Shell): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const count = (outcome: Finding['outcome']) => findings.filter((finding) => finding.outcome === outcome).length
  const sum = `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`
  return [...findings.map((finding) => entryOf(finding, width, shell)), '', sum].join('\n')
}

function entryOf({ check, outcome, text, remedy }: Finding, width: number, shell: Shell): string {
  const paint = paintFor(shell)
  const colours = { ok: paint.green, warn: paint.yellow, fail: paint.red }
  const indent = ' '.repeat('warn  '.length + width + 2)
  const lines = [...nearAll(text, shell.cwd).split('\n'), ...(remedy === undefined ? [] : [`-> ${remedy}`])]
  return `${colours[outcome](outcome.padEnd(4))}  ${check.padEnd(width)}  ${lines.join(`\n${indent}`)}`
}
