import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { formatProblem, parseRouteTable, routeTableJsonSchema } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { firstRouteTable, foundIn } from '../first-route-table.ts'
import { probe } from '../probe.ts'
import type { Shell } from '../shell.ts'

interface InitOptions {
  readonly legacy: string
  readonly service?: string
  readonly out: string
  readonly admin: string
  readonly json?: true
}

/** `banyan init`: looks at an application and writes a first route table for it. */
export function addInit(program: Command, shell: Shell): void {
  program
    .command('init')
    .summary('look at your application and write a first route table for it')
    .description(
      'Sends three GETs to the front page of the application, writes a commented routes.yaml and its JSON Schema.',
    )
    .requiredOption('--legacy <url>', 'where your application answers, such as http://localhost:3000')
    .option('--service <url>', 'a second server, when there is one already')
    .option('--out <file>', 'the route table; never overwritten', 'routes.yaml')
    .option('--admin <url>', 'where the edge will listen for banyan', 'http://127.0.0.1:8081')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan init --legacy http://localhost:3000\nNext:\n  banyan edge --routes routes.yaml',
    )
    .action(async (options: InitOptions) => await init(options, shell))
}

async function init(options: InitOptions, shell: Shell): Promise<void> {
  const file = resolve(shell.cwd, options.out)
  const schema = join(dirname(file), 'route-table.schema.json')
  if (existsSync(file)) throw exists(options.out)
  const service = options.service === undefined ? undefined : origin(options.service).origin
  const legacy = await probe(origin(options.legacy))
  const text = firstRouteTable({ legacy, service, admin: origin(options.admin).origin })
  const parsed = parseRouteTable(text, file)
  if (!parsed.ok)
    throw new Error(`the first route table is not valid:\n${parsed.problems.map(formatProblem).join('\n')}`)
  await mkdir(dirname(file), { recursive: true })
  await create(file, text)
  await writeFile(schema, `${JSON.stringify(routeTableJsonSchema(), null, 2)}\n`)
  if (options.json === true) {
    shell.out(JSON.stringify({ formatVersion: 1, file, schema, found: legacy }))
    return
  }
  const near = relative(shell.cwd, file) || file
  shell.out(`${near} written, ${relative(shell.cwd, schema)} beside it for your editor`)
  for (const line of foundIn(legacy)) shell.say(`  ${line}`)
  shell.out(`next: banyan edge --routes ${near}`)
}

function origin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '') return new URL(url.origin)
  throw new Fault('url-invalid', `"${text}" is not the address of a web server`, {
    hint: 'such as http://localhost:3000',
    exitCode: exitCodes.usage,
  })
}

async function create(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((thrown: unknown) => {
    if (existsSync(file)) throw exists(file)
    throw thrown
  })
}

function exists(file: string): Fault {
  return new Fault('file-exists', `${file} exists already, and is not overwritten`, {
    hint: 'choose another one: --out FILE. Or go on with it: banyan routes check',
    exitCode: exitCodes.refused,
  })
}
