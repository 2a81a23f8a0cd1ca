import path from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '@banyan/toolkit/base'
import { banyan } from './banyan.ts'
import { root } from './child.ts'
import { portsFrom, takenPorts } from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { markRunning, removeState, runningDemo, stateFolder } from './state.ts'

const help = `npm start                 starts the demo: shop, users service, sync worker and edge
npm start -- --fresh      forgets databases, flips and journal of earlier runs first

MONOLITH_PORT, USERS_PORT, USERS_SYNC_PORT, EDGE_PORT, ADMIN_PORT and BANYAN_STATE move it, so that two demos can run
side by side. MONOLITH_DATABASE_URL=postgres://... lets the shop run on PostgreSQL.
`

const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  process.exitCode = await main()
} catch (thrown) {
  process.stderr.write(`banyan: ${messageOf(thrown)}\n`)
  process.exitCode = 1
}

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
    return 6
  }
  if (values.fresh) removeState(state)

  say('Starting the demo ...')
  const asked = askedToStop()
  const stack = await startStack({ ports, state, onReady: (name, url) => say(`  ${name.padEnd(12)} ${url}`) })
  const unmark = markRunning(state, stack)
  try {
    const copied = await banyan({
      args: ['sync', 'backfill', 'users'],
      env: { ...stack.env, BANYAN_ROUTES: stack.routes },
    })
    if (copied !== 0) throw new Error('the users were not copied; the message stands above')
    say(welcome(stack, state))
    const why = await Promise.race([asked, stack.broken])
    say(`\n${why}: draining and stopping ...`)
    return why === 'Ctrl-C' || why === 'SIGTERM' ? 0 : 1
  } finally {
    await stack.stop()
    unmark()
    say('Stopped. Nothing is left running; npm start goes on where it was.')
  }
}

async function whyNot(state: string, ports: ReturnType<typeof portsFrom>): Promise<string | undefined> {
  const other = runningDemo(state)
  if (other !== undefined) {
    return `the demo runs already (process ${other.pid}): ${other.edge}
  Stop it with Ctrl-C in its terminal, or start a second one beside it:
  BANYAN_STATE=.banyan-2 MONOLITH_PORT=4200 USERS_PORT=4301 USERS_SYNC_PORT=4311 EDGE_PORT=8280 ADMIN_PORT=8281 npm start`
  }
  const taken = await takenPorts(ports)
  return taken.length === 0 ? undefined : taken.join('\n        ')
}

function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('Ctrl-C'))
    process.once('SIGTERM', () => resolve('SIGTERM'))
  })
}

function welcome({ urls, routes }: Stack, state: string): string {
  const near = (file: string) => path.relative(root, file) || '.'
  return `
The shop runs behind the edge:   ${urls.edge}

  ${urls.edge}         the shop, as its customers see it
  ${urls.monolith}         the monolith behind it
  ${urls.users}/docs    the users service, extracted from it
  ${urls.admin}         the edge's admin listener (token: ${near(path.join(state, 'admin-token'))})

  Everything is served by the monolith now. Its customers are copied to the users service, and followed.
  Route table: ${near(routes)}      Logs: ${near(path.join(state, 'logs'))}/

In a second terminal:

  npx banyan status                               what serves what
  npx banyan flip users.read --serve service      customers are read from the users service
  npx banyan undo                                 takes it back

Ctrl-C drains and stops everything.`
}
