import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './child.ts'
import type { Stack } from './stack.ts'

/** Everything that the demo ever writes into its state folder; only these are removed by `--fresh`. */
const stateEntries = [
  'admin-token',
  'api-keys',
  'demo.json',
  'journal.ndjson',
  'logs',
  'recordings',
  'redaction-key',
  'replay-headers',
  'route-table.schema.json',
  'routes.yaml',
  ...['monolith', 'users', 'orders'].flatMap((name) => ['', '-shm', '-wal'].map((suffix) => `${name}.sqlite${suffix}`)),
]

/** What a running demo says of itself, for `banyan` and for a second `npm start`. */
export interface DemoMark {
  readonly pid: number
  readonly edge: string
  readonly routes: string
  /** The processes that it started. */
  readonly processes: readonly number[]
  /** Where its databases are, by the variables that the route table names, and what its parts are started with on copies of them. */
  readonly env: Readonly<Record<string, string>>
}

/** The state folder: BANYAN_STATE, else `.banyan` in the repository. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return path.resolve(root, env.BANYAN_STATE ?? '.banyan')
}

/** Removes what an earlier demo left in its state folder, and nothing else. */
export function removeState(state: string): void {
  for (const entry of stateEntries) rmSync(path.join(state, entry), { recursive: true, force: true })
}

/** The demo that runs on this state folder now, if one does. */
export function runningDemo(state: string): DemoMark | undefined {
  const file = path.join(state, 'demo.json')
  if (!existsSync(file)) return undefined
  const mark = JSON.parse(readFileSync(file, 'utf8')) as DemoMark
  return isAlive(mark.pid) ? mark : undefined
}

/** Says that this process runs the demo; returns how to take it back. */
export function markRunning(state: string, stack: Stack): () => void {
  mkdirSync(state, { recursive: true })
  const file = path.join(state, 'demo.json')
  const { MONOLITH_DATABASE_URL = '', USERS_DATABASE_URL = '', ORDERS_DATABASE_URL = '' } = stack.env
  const { USERS_API_KEYS_FILE = '', ORDERS_API_KEYS_FILE = '', SHOP_API_KEY = '' } = stack.env
  const mark: DemoMark = {
    pid: process.pid,
    edge: stack.urls.edge,
    routes: stack.routes,
    processes: stack.pids(),
    env: {
      ...{ MONOLITH_DATABASE_URL, USERS_DATABASE_URL, ORDERS_DATABASE_URL },
      ...{ USERS_API_KEYS_FILE, ORDERS_API_KEYS_FILE, SHOP_API_KEY },
    },
  }
  writeFileSync(file, `${JSON.stringify(mark)}\n`, { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A file as people call it: relative to the working directory when it is below it, else as it is. */
export function near(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative.startsWith('..') ? file : relative || '.'
}
