import path from 'node:path'
import { parseArgs } from 'node:util'
import { exitCodes, isJsonObject, parseJson } from '@banyan/toolkit/base'
import { formatCount } from '@banyan/toolkit/plan'
import { formatServe, readRouteTable } from '@banyan/toolkit/routing'
import { banyan } from './banyan.ts'
import { portsFrom, takenPorts } from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { markRunning, near, removeState, runningDemo, stateFolder } from './state.ts'
import { askedToStop, interrupted, tell } from './tell.ts'

const help = `npm start                 starts the demo: shop, users and orders services, their sync workers and the edge
npm start -- --fresh      forgets databases, flips and journal of earlier runs first

MONOLITH_PORT, USERS_PORT, ORDERS_PORT, USERS_SYNC_PORT, ORDERS_SYNC_PORT, EDGE_PORT, ADMIN_PORT and BANYAN_STATE move it, so
that two demos can run side by side. MONOLITH_DATABASE_URL, USERS_DATABASE_URL and ORDERS_DATABASE_URL=postgres://... let the
shop and the services run on PostgreSQL.
`

const say = (line: string) => process.stdout.write(`${line}\n`)

await tell('start', main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    say(help)
    return 0
  }

  const state = stateFolder(process.env)
  const ports = portsFrom(process.env)
  const obstacle = await whyNot(state, ports)
  if (obstacle !== undefined) {
    process.stderr.write(`banyan: ${obstacle}\n`)
    return exitCodes.refused
  }
  if (values.fresh) removeState(state)

  say('Starting the demo ...')
  const leaving = new AbortController()
  const asked = askedToStop()
  void asked.then((name) => leaving.abort(interrupted(name)))
  const onReady = (name: string, url: string) => say(`  ${name.padEnd(12)} ${url}`)
  const ended = (name: string, how: string) =>
    say(`\n${name} ended with ${how}. It starts again in 15 s; see meanwhile: npx banyan status`)
  const revive = { afterMs: 15_000, ended }
  const stack = await startStack({ ports, state, onReady, revive, signal: leaving.signal })
  const unmark = markRunning(state, stack)
  try {
    await copyData(stack, 'users', 'customers')
    await copyData(stack, 'orders', 'orders')
    leaving.signal.throwIfAborted()
    say(await welcome(stack, state))
    const why = await Promise.race([asked, stack.broken])
    say(`\n${why}: draining and stopping ...`)
    return why === 'Ctrl-C' || why === 'SIGTERM' ? 0 : 1
  } finally {
    await stack.stop()
    unmark()
    say('Stopped. Nothing is left running; npm start goes on where it was.')
  }
}

/** Copies a capability's data to its service; says how it went in one line, and all of it only when it failed. */
async function copyData(stack: Stack, capability: string, called: string): Promise<void> {
  const lines: string[] = []
  const collect = (line: string) => void lines.push(line)
  const env = { ...stack.env, BANYAN_ROUTES: stack.routes }
  const code = await banyan({
    args: ['sync', 'backfill', capability, '--json'],
    env,
    onLine: collect,
    onMessage: collect,
  })
  if (code === exitCodes.interrupted) throw interrupted('Ctrl-C')
  if (code !== 0)
    throw new Error(`the ${called} were not copied to the ${capability} service:\n  ${lines.join('\n  ')}`)
  const status = parseJson(lines.at(-1) ?? '')
  const backfill = isJsonObject(status) ? status.backfill : undefined
  const copied = isJsonObject(backfill) ? formatCount(Number(backfill.copied)) : 'all'
  say(`  ${'backfill'.padEnd(12)} ${copied} ${called} copied to the ${capability} service`)
}

async function whyNot(state: string, ports: ReturnType<typeof portsFrom>): Promise<string | undefined> {
  const other = runningDemo(state)
  if (other !== undefined) {
    return `the demo runs already (process ${other.pid}): ${other.edge}
  Stop it with Ctrl-C in its terminal, or start a second one beside it:
  BANYAN_STATE=.banyan-2 MONOLITH_PORT=4200 USERS_PORT=4301 ORDERS_PORT=4302 USERS_SYNC_PORT=4311 ORDERS_SYNC_PORT=4312 \\
    EDGE_PORT=8280 ADMIN_PORT=8281 npm start`
  }
  const taken = await takenPorts(ports)
  return taken.length === 0 ? undefined : taken.join('\n        ')
}

async function welcome({ urls, routes }: Stack, state: string): Promise<string> {
  const width = `${urls.users}/docs`.length
  return `
The shop runs behind the edge: ${urls.edge}

  ${urls.edge.padEnd(width)}   the shop, as its customers see it
  ${urls.monolith.padEnd(width)}   the monolith behind it
  ${urls.users}/docs   the users service, extracted from it
  ${urls.orders}/docs   the orders service, the second one
  ${urls.admin.padEnd(width)}   the edge's admin listener
  ${''.padEnd(width)}   (its token: ${near(path.join(state, 'admin-token'))})

${await servedBy(routes)}
  Route table: ${near(routes)}   Logs: ${near(path.join(state, 'logs'))}/

In a second terminal:

  npx banyan status                            what serves what
  npx banyan flip users.read --serve service   reads go to the users service
  npx banyan undo                              takes it back

Ctrl-C drains and stops everything.`
}

/** What serves what now: flips of an earlier run are still in force. */
async function servedBy(routes: string): Promise<string> {
  const { table } = await readRouteTable(routes)
  const moved = table.routes.flatMap(({ name, target }) =>
    target.kind === 'capability' && ['service', 'share'].includes(target.serve.kind)
      ? [`${name} (serve ${formatServe(target.serve)})`]
      : [],
  )
  return moved.length === 0
    ? `  Everything is served by the monolith now.
  Its customers and orders are copied to their services, and followed.`
    : `  As it was left: flipped are ${moved.join(', ')}.
  All else is served by the monolith. npm start -- --fresh begins anew.`
}
