import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isJsonObject, parseJson, systemCodeOf } from '@banyan/toolkit/base'
import type { Command } from 'commander'
import { near } from './near.ts'
import type { Shell } from './shell.ts'

/** The options that every verb has which reads or changes routes. */
export interface PlaceOptions {
  readonly routes?: string
  readonly state?: string
}

/** Which route table and which state folder a verb works on; absolute. */
export interface Place {
  readonly routes: string
  readonly state: string
  readonly journal: string
  readonly tokenFile: string
  /** Variables that the running demo told; the process's own go before. */
  readonly env: Shell['env']
}

/** Adds `--routes` and `--state`. */
export function withPlace(command: Command): Command {
  return command
    .option('--routes <file>', 'the route table (default: BANYAN_ROUTES, ./routes.yaml, ./edge-proxy/routes.yaml)')
    .option('--state <folder>', 'journal and admin token (default: BANYAN_STATE, ./.banyan)')
}

/**
 * Finds the route table and the state folder: as the options say, else as the environment says, else in the working
 * directory. While a demo runs on the state folder and nothing was said, its copy of the route table is meant.
 */
export function locate(options: PlaceOptions, shell: Shell): Place {
  const state = resolve(shell.cwd, options.state ?? shell.env.BANYAN_STATE ?? '.banyan')
  const said = options.routes ?? shell.env.BANYAN_ROUTES
  const demo = runningDemo(state)
  if (said === undefined && demo !== undefined)
    shell.say(`(the running demo's route table: ${near(demo.routes, shell.cwd)})`)
  const routes = said ?? demo?.routes ?? usual(shell.cwd)
  const env = { ...demo?.env, ...shell.env }
  return {
    routes: resolve(shell.cwd, routes),
    state,
    journal: join(state, 'journal.ndjson'),
    tokenFile: join(state, 'admin-token'),
    env,
  }
}

function usual(cwd: string): string {
  const candidates = ['routes.yaml', 'edge-proxy/routes.yaml']
  return candidates.find((candidate) => existsSync(join(cwd, candidate))) ?? 'routes.yaml'
}

interface Demo {
  readonly routes: string
  readonly env: Readonly<Record<string, string>>
}

function runningDemo(state: string): Demo | undefined {
  const mark = parseJson(textOf(join(state, 'demo.json')))
  if (!isJsonObject(mark) || typeof mark.pid !== 'number' || typeof mark.routes !== 'string') return undefined
  if (!isAlive(mark.pid)) return undefined
  const told = isJsonObject(mark.env) ? Object.entries(mark.env) : []
  const env = told.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { routes: mark.routes, env: Object.fromEntries(env) }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT' || systemCodeOf(thrown) === 'ENOTDIR') return ''
    throw thrown
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return systemCodeOf(thrown) === 'EPERM'
  }
}
