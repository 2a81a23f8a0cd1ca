import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { type Child, type ChildSpec, root, startChild } from './child.ts'
import type { Ports } from './ports.ts'

/** Where and how the demo runs. */
export interface StackOptions {
  readonly ports: Ports
  /** The folder of all state: databases, logs, the copied route table, journal and token. */
  readonly state: string
  /** The documented mistake that the users service starts with, if any. */
  readonly plantedBug?: 'time-zone'
  /** Told when a process has become healthy. */
  readonly onReady?: (name: string, url: string) => void
  /** Starts a service again so long after it ended by itself, as a supervisor would; without it the demo is broken then. */
  readonly revive?: { readonly afterMs: number; ended(name: string, how: string): void }
  /** Gives the start up: what has started is stopped, and the start rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The running demo: monolith, the services that were extracted, their sync workers and the edge. */
export interface Stack {
  readonly urls: {
    readonly monolith: string
    readonly users: string
    readonly orders: string
    readonly edge: string
    readonly admin: string
  }
  /** The route table that it runs and that flips change: a copy, never the tracked file. */
  readonly routes: string
  readonly env: Readonly<Record<string, string>>
  /** Resolves with the name of the first process that ended although nobody had asked it to. */
  readonly broken: Promise<string>
  pids(): readonly number[]
  /** Ends the users service and starts it again without the planted bug. */
  restartUsersWithoutBug(): Promise<void>
  /** Drains and stops one process: `monolith`, `users`, `users-sync`, `orders`, `orders-sync` or `edge`. */
  stopProcess(name: string): Promise<void>
  /** Ends one process as a crash would, with SIGKILL. */
  killProcess(name: string): Promise<void>
  /** Starts a process again that was stopped or killed. */
  startProcess(name: string): Promise<void>
  /** Drains and stops everything, the edge first. */
  stop(): Promise<void>
}

/** What the edge does without for a while: where a route says so, legacy answers instead. */
const services: ReadonlySet<string> = new Set(['users', 'orders'])

/** Starts every process of the demo, in the order in which they need each other; stops all when one does not start. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const place = prepare(options)
  const running = new Map<string, Child>()
  const started = new Map<string, readonly [ChildSpec, string]>()
  const stopping = new Set<string>()
  let tellBroken: (name: string) => void = () => {}
  const broken = new Promise<string>((resolve) => {
    tellBroken = resolve
  })

  const start = async (spec: ChildSpec, shownUrl: string) => {
    const child = await startChild(options.signal === undefined ? spec : { ...spec, signal: options.signal })
    running.set(spec.name, child)
    started.set(spec.name, [spec, shownUrl])
    void child.ended.then((how) => stopping.has(spec.name) || void revived(spec, shownUrl, how))
    options.onReady?.(spec.name, shownUrl)
  }
  const revived = async (spec: ChildSpec, shownUrl: string, how: string) => {
    const { revive } = options
    if (revive === undefined || !services.has(spec.name)) return tellBroken(`${spec.name} ended with ${how}`)
    running.delete(spec.name)
    revive.ended(spec.name, how)
    await delay(revive.afterMs, undefined, { ref: false })
    if (stopping.has(spec.name)) return
    await start(spec, shownUrl).catch(() => tellBroken(`${spec.name} ended with ${how} and does not start again`))
  }
  const stopOne = async (name: string) => {
    stopping.add(name)
    await running.get(name)?.stop()
    running.delete(name)
  }
  const stop = async () => {
    for (const name of ['edge', 'users-sync', 'orders-sync', 'orders', 'users', 'monolith']) await stopOne(name)
  }

  try {
    await all(
      start(place.specs.monolith, place.urls.monolith),
      start(place.specs.users(options.plantedBug), place.urls.users),
      start(place.specs.orders, place.urls.orders),
    )
    await all(
      start(place.specs.edge, place.urls.edge),
      start(place.specs.usersSync, "follows the monolith's customers"),
      start(place.specs.ordersSync, "follows the monolith's orders"),
    )
  } catch (cause) {
    await stop()
    throw cause
  }

  return {
    urls: place.urls,
    routes: place.routes,
    env: place.env,
    broken,
    pids: () => [...running.values()].map((child) => child.pid),
    restartUsersWithoutBug: async () => {
      await stopOne('users')
      stopping.delete('users')
      await start(place.specs.users(undefined), place.urls.users)
    },
    stopProcess: stopOne,
    killProcess: async (name) => {
      const child = running.get(name)
      if (child === undefined) return
      stopping.add(name)
      running.delete(name)
      process.kill(child.pid, 'SIGKILL')
      await child.ended
    },
    startProcess: async (name) => {
      const [spec, shownUrl] = started.get(name) ?? []
      if (spec === undefined || shownUrl === undefined) throw new Error(`no process ${name} was ever started`)
      stopping.delete(name)
      await start(spec, shownUrl)
    },
    stop,
  }
}

/** Waits for all, also when one fails: what has started must be known before everything is stopped. */
async function all(...starting: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(starting)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** Writes what the processes need into the state folder, and says how each is started. */
function prepare({ ports, state }: StackOptions) {
  mkdirSync(state, { recursive: true })
  const file = (name: string) => path.join(state, name)
  const url = (port: number) => `http://127.0.0.1:${port}`
  const urls = {
    monolith: url(ports.monolith),
    users: url(ports.users),
    orders: url(ports.orders),
    edge: url(ports.edge),
    admin: url(ports.admin),
  }
  const routes = copyRouteTable(state, urls)
  const keys = demoApiKeys().map(({ key, name }) => `${key} ${name}\n`)
  writeFileSync(file('api-keys'), keys.join(''), { mode: 0o600 })
  // What a replay sends instead of the credentials that were redacted.
  writeFileSync(file('replay-headers'), `x-api-key: ${demoApiKeys()[0]?.key}\n`, { mode: 0o600 })

  const env = {
    BANYAN_STATE: state,
    MONOLITH_DATABASE_URL: process.env.MONOLITH_DATABASE_URL ?? file('monolith.sqlite'),
    USERS_DATABASE_URL: process.env.USERS_DATABASE_URL ?? file('users.sqlite'),
    ORDERS_DATABASE_URL: process.env.ORDERS_DATABASE_URL ?? file('orders.sqlite'),
    USERS_API_KEYS_FILE: file('api-keys'),
    ORDERS_API_KEYS_FILE: file('api-keys'),
    USERS_URL: urls.users,
    MONOLITH_URL: urls.monolith,
    MONOLITH_PORT: String(ports.monolith),
    USERS_PORT: String(ports.users),
    USERS_SYNC_PORT: String(ports.usersSync),
    ORDERS_PORT: String(ports.orders),
    ORDERS_SYNC_PORT: String(ports.ordersSync),
    EDGE_PORT: String(ports.edge),
    ADMIN_PORT: String(ports.admin),
    // The shop's own pages are one more client of the JSON API, so that they go on when the customers have moved.
    SHOP_API_URL: urls.edge,
    SHOP_API_KEY: demoApiKeys().at(-1)?.key ?? '',
    EDGE_ROUTES: routes,
    BANYAN_EDGES: urls.admin,
    BANYAN_ADMIN_TOKEN_FILE: file('admin-token'),
  }
  const logs = file('logs')
  const spec = (name: string, entry: string, base: string): ChildSpec => ({
    name,
    entry,
    env,
    logs,
    health: `${base}/healthz`,
  })
  const users = spec('users', 'extracted-services/users/src/main.ts', urls.users)
  const specs = {
    monolith: spec('monolith', 'monolith/src/main.ts', urls.monolith),
    users: (bug: 'time-zone' | undefined): ChildSpec =>
      bug === undefined ? users : { ...users, env: { ...env, USERS_PLANT_BUG: bug } },
    usersSync: spec('users-sync', 'extracted-services/users/src/data-sync/main.ts', url(ports.usersSync)),
    orders: spec('orders', 'extracted-services/orders/src/main.ts', urls.orders),
    ordersSync: spec('orders-sync', 'extracted-services/orders/src/data-sync/main.ts', url(ports.ordersSync)),
    edge: spec('edge', 'edge-proxy/src/main.ts', urls.admin),
  }
  return { urls, routes, env, specs }
}

/**
 * The route table that the demo runs and flips: copied once, so that the tracked file never changes; from then
 * on only its addresses follow the ports.
 */
function copyRouteTable(state: string, urls: Stack['urls']): string {
  const copy = path.join(state, 'routes.yaml')
  const text = readFileSync(existsSync(copy) ? copy : path.join(root, 'edge-proxy/routes.yaml'), 'utf8')
  const services = path.relative(state, path.join(root, 'extracted-services'))
  const here = text
    .replace(/^( *monolith: \{ url: )[^ ,}]+/m, `$1${urls.monolith}`)
    .replace(/^( *users: \{ url: )[^ ,}]+/m, `$1${urls.users}`)
    .replace(/^( *orders: \{ url: )[^ ,}]+/m, `$1${urls.orders}`)
    .replace(/^(edges: \[)[^\]]+/m, `$1${urls.admin}`)
    .replace(/^( *manifest: ).*extracted-services(\/.*)$/gm, `$1${services}$2`)
  writeFileSync(copy, here)
  cpSync(path.join(root, 'edge-proxy/route-table.schema.json'), path.join(state, 'route-table.schema.json'))
  return copy
}
