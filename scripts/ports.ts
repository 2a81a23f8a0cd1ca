import { once } from 'node:events'
import { createServer } from 'node:net'
import { exitCodes, Fault } from '@banyan/toolkit/base'

/** Where the demo's processes listen on 127.0.0.1. */
export interface Ports {
  readonly monolith: number
  readonly users: number
  readonly orders: number
  /** Health of the sync workers; they serve nothing else. */
  readonly usersSync: number
  readonly ordersSync: number
  readonly edge: number
  readonly admin: number
}

/** The variable that moves each port, and the port when it is not set. */
const variables = {
  monolith: ['MONOLITH_PORT', 4000],
  users: ['USERS_PORT', 4101],
  orders: ['ORDERS_PORT', 4102],
  usersSync: ['USERS_SYNC_PORT', 4111],
  ordersSync: ['ORDERS_SYNC_PORT', 4112],
  edge: ['EDGE_PORT', 8080],
  admin: ['ADMIN_PORT', 8081],
} as const

const called = {
  monolith: 'monolith',
  users: 'users',
  orders: 'orders',
  usersSync: 'users-sync',
  ordersSync: 'orders-sync',
  edge: 'edge',
  admin: 'admin',
} as const

/** Ports above 1023 that the Fetch Standard blocks: a process there runs, but its health could never be asked. */
const neverFetched: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
])

const names = Object.keys(variables) as readonly (keyof Ports)[]

/** The ports that the environment names, else the documented ones; throws `port-invalid` (exit 64). */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const port = (name: keyof Ports) => portNamed(variables[name][0], env) ?? variables[name][1]
  return {
    monolith: port('monolith'),
    users: port('users'),
    orders: port('orders'),
    usersSync: port('usersSync'),
    ordersSync: port('ordersSync'),
    edge: port('edge'),
    admin: port('admin'),
  }
}

function portNamed(variable: string, env: NodeJS.ProcessEnv): number | undefined {
  const text = env[variable]
  if (text === undefined || text === '') return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (neverFetched.has(port))
    throw new Fault('port-invalid', `${variable}=${text} is a port that browsers and fetch refuse to ask`, {
      hint: `another one, such as ${variable}=${port + 300}`,
      exitCode: exitCodes.usage,
    })
  if (port >= 1 && port <= 65_535) return port
  throw new Fault('port-invalid', `${variable}=${text} is no port`, {
    hint: `a number from 1 to 65535, such as ${variable}=${variables.edge[1]}`,
    exitCode: exitCodes.usage,
  })
}

/** Ports that nobody uses now. */
export async function freePorts(): Promise<Ports> {
  const servers = names.map(() => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const [monolith = 0, users = 0, orders = 0, usersSync = 0, ordersSync = 0, edge = 0, admin = 0] = servers.map(portOf)
  await Promise.all(servers.map(closed))
  return { monolith, users, orders, usersSync, ordersSync, edge, admin }
}

/** One line for each port that somebody else holds, with the variable that moves it. */
export async function takenPorts(ports: Ports): Promise<string[]> {
  const lines = await Promise.all(
    names.map(async (name) => {
      const port = ports[name]
      return (await isFree(port))
        ? []
        : [`port ${port} (${called[name]}) is taken; move it with ${variables[name][0]}=${port + 100}`]
    }),
  )
  return lines.flat()
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.listen(port, '127.0.0.1')
  const free = await listening
  if (free) await closed(server)
  return free
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function closed(server: ReturnType<typeof createServer>): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve))
}
