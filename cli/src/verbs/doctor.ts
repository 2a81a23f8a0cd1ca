import { exitCodes, messageOf } from '@banyan/toolkit/base'
import { readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { checkData } from '../check-data.ts'
import { checkMachine } from '../check-machine.ts'
import { checkTraffic } from '../check-traffic.ts'
import { type Finding, fail, ok, type Patient } from '../finding.ts'
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
      'Checks Node, token, journal, route table, upstreams, edges, databases, sync and clocks; changes nothing. Exit code 1 when a check fails.',
    )
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  banyan doctor')
    .action(async (options: DoctorOptions) => await doctor(options, shell))
}

async function doctor(options: DoctorOptions, shell: Shell): Promise<void> {
  const findings = await examine({ place: locate(options, shell), shell })
  const failed = findings.filter(({ outcome }) => outcome === 'fail').length
  if (options.json === true) shell.out(JSON.stringify({ formatVersion: 1, healthy: failed === 0, findings }))
  else shell.out(findings.map((finding) => lineOf(finding, shell)).join('\n'))
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
    return [
      ...machine,
      fail('route table', messageOf(thrown), 'banyan routes check says all of it; banyan init writes a first one'),
    ]
  }
}

function lineOf({ check, outcome, text, remedy }: Finding, shell: Shell): string {
  const paint = paintFor(shell)
  const colours = { ok: paint.green, warn: paint.yellow, fail: paint.red }
  const line = `${colours[outcome](outcome.padEnd(4))}  ${check.padEnd(22)}  ${text}`
  return remedy === undefined ? line : `${line}\n      ${' '.repeat(22)}  -> ${remedy}`
}
