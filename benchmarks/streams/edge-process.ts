import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** An edge as a process of its own. */
export interface EdgeProcess {
  readonly host: string
  readonly port: number
  /** Resident memory now. */
  residentMiB(): number
  /** Begins to look at it ten times a second; the function that it returns ends that, and says the most. */
  watchPeak(): () => number
  close(): Promise<void>
}

const host = '127.0.0.1'
const main = path.join(import.meta.dirname, '../../edge-proxy/src/main.ts')

/** Starts an edge with one route to `upstream` and all defaults, but for connections: all clients here have one address. */
export async function startEdgeProcess(upstream: string): Promise<EdgeProcess> {
  const state = await mkdtemp(path.join(tmpdir(), 'banyan-streams-'))
  const routes = path.join(state, 'routes.yaml')
  await writeFile(routes, routesTo(upstream))
  const port = await freePort()
  const environment = { EDGE_PORT: String(port), ADMIN_PORT: String(await freePort()), EDGE_ROUTES: routes }
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', main], {
    env: { ...process.env, ...environment, BANYAN_STATE: state },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const residentMiB = () => residentOf(child.pid ?? 0)
  await answers(port)
  // What starting left behind goes first.
  await delay(1_000)
  return {
    host,
    port,
    residentMiB,
    watchPeak: () => {
      let peak = residentMiB()
      const timer = setInterval(() => {
        peak = Math.max(peak, residentMiB())
      }, 100)
      return () => {
        clearInterval(timer)
        return Math.max(peak, residentMiB())
      }
    },
    close: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      await rm(state, { recursive: true, force: true })
    },
  }
}

function routesTo(upstream: string): string {
  return `version: 1
limits: { connections: 20000, connections-per-address: 20000, keep-alive: 10m }
upstreams: { monolith: { url: "${upstream}" } }
routes: [{ name: everything, match: { path: /* }, upstream: monolith }]
`
}

function residentOf(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  return Math.round((pages * 4096) / 1024 ** 2)
}

async function answers(port: number): Promise<void> {
  for (let n = 0; n < 300; n++) {
    const answer = await fetch(`http://${host}:${port}/`).catch(() => undefined)
    if (answer?.ok) return void (await answer.text())
    await delay(50)
  }
  throw new Error('the edge does not answer')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
