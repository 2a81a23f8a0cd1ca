import { readFile } from 'node:fs/promises'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { formatProblem, parseRouteTable, readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { near } from '../near.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface CheckOptions extends PlaceOptions {
  readonly json?: true
}

/** `banyan routes check`: everything that is wrong with the file, at once. Exit 4 when something is. */
export function addRoutesCheck(routes: Command, shell: Shell): void {
  withPlace(routes.command('check'))
    .summary('everything that is wrong with the file, at once; exit code 4')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  banyan routes check --routes routes.yaml && git commit routes.yaml')
    .action(async (options: CheckOptions) => await check(options, shell))
}

async function check(options: CheckOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  if (options.json !== true) {
    const { table } = await readRouteTable(place.routes)
    shell.out(
      `${near(place.routes, shell.cwd)}: ${table.routes.length === 1 ? '1 route' : `${table.routes.length} routes`}, revision ${table.revision}, nothing wrong`,
    )
    return
  }
  const parsed = parseRouteTable(await textOf(place.routes), place.routes)
  const problems = parsed.ok ? [] : parsed.problems
  const revision = parsed.ok ? parsed.table.revision : undefined
  shell.out(JSON.stringify({ formatVersion: 1, file: place.routes, valid: parsed.ok, revision, problems }))
  if (parsed.ok) return
  for (const problem of problems) shell.say(formatProblem(problem))
  shell.endWith(exitCodes.invalidConfig)
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new Fault('route-table-missing', `cannot read ${file}: ${messageOf(thrown)}`, {
      hint: 'name one with --routes FILE, or make one with: banyan init --legacy URL',
      exitCode: exitCodes.invalidConfig,
      cause: thrown,
    })
  })
}
