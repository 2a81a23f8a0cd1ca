import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { revisionOf } from '@banyan/toolkit/routing'
import { onTestFinished } from 'vitest'
import type { EdgeStatus, TallyReport } from '../src/admin/admin-api.ts'
import { buildMain } from './built-edge.ts'
import { ask, type EdgeWanted, type Got, routesOf } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort } from './upstream.ts'

/** An edge of two workers as processes of their own; ended when the test is over. */
export interface RunningWorkers {
  readonly primary: ChildProcess
  readonly address: string
  readonly adminAddress: string
  readonly token: string
  readonly file: string
  /** What was logged so far, line by line. */
  lines(): Record<string, unknown>[]
  get(target: string, headers?: Record<string, string>): Promise<Got>
  admin(method: string, path: string, body?: unknown): Promise<Got>
  status(): Promise<EdgeStatus>
  tally(): Promise<TallyReport>
  pids(): Promise<readonly number[]>
  /** Resolves when two workers run, none of them one of these. */
  runsWithout(...pids: number[]): Promise<unknown>
  /** Writes the file, and returns when the edge says that it is live. */
  flip(routes: string): Promise<Got>
}

/**
 * Starts one, by the same entry as in production, and as JavaScript, as there. `meanwhile` is written into the file while the workers
 * start, which have been told the content before.
 */
export async function startWorkers(wanted: EdgeWanted, meanwhile?: string): Promise<RunningWorkers> {
  const state = await mkdtemp(join(tmpdir(), 'banyan-workers-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const file = join(state, 'routes.yaml')
  await writeFile(file, wanted.routes ?? routesOf(wanted))
  const [port, adminPort] = [await freePort(), await freePort()]
  const environment = { EDGE_PORT: String(port), ADMIN_PORT: String(adminPort), EDGE_ROUTES: file, BANYAN_STATE: state }
  const primary = spawn(process.execPath, [await buildMain()], {
    env: { ...process.env, ...environment, EDGE_WORKERS: '2' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => endOf(primary))
  let logged = ''
  primary.stdout?.on('data', (chunk) => {
    logged += String(chunk)
  })
  const address = `http://127.0.0.1:${port}`
  const adminAddress = `http://127.0.0.1:${adminPort}`
  const tokenOf = () => readFile(join(state, 'admin-token'), 'utf8')
  if (meanwhile !== undefined) {
    // The primary makes it, and then reads the file.
    await eventually(tokenOf, 30_000)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await writeFile(file, meanwhile)
  }
  await eventually(async () => (await ask(`${adminAddress}/readyz`, bare)).status === 200, 30_000)
  const token = (await tokenOf()).trim()
  const admin: RunningWorkers['admin'] = (method, path, body) =>
    ask(adminAddress + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  const status = async () => JSON.parse((await admin('GET', '/status')).body) as EdgeStatus
  const pids = async () => ((await status()).workers?.running ?? []).map(({ pid }) => pid)
  return {
    ...{ primary, address, adminAddress, token, file, admin, status, pids },
    lines: () =>
      logged
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    get: (target, headers = {}) => ask(address + target, { ...bare, headers }),
    tally: async () => JSON.parse((await admin('GET', '/tally')).body),
    runsWithout: (...gone) =>
      eventually(async () => {
        const running = await pids()
        return running.length === 2 && running.every((pid) => !gone.includes(pid))
      }, 30_000),
    flip: async (routes) => {
      await writeFile(file, routes)
      return await admin('POST', '/reload', { revision: revisionOf(routes) })
    },
  }
}

const bare = { method: 'GET', headers: {}, body: undefined }

async function endOf(primary: ChildProcess): Promise<void> {
  if (primary.exitCode !== null || primary.signalCode !== null) return
  const ended = once(primary, 'exit')
  // Its workers end when it does.
  primary.kill('SIGKILL')
  await ended
}

/** What one client got for one request; status 0: its connection broke. */
export interface Answered {
  readonly id: string
  readonly status: number
  readonly body: string
  readonly sentAt: number
}

/** Clients with a kept connection each, that ask one thing after the other until they are stopped. */
export function startLoad(address: string, clients: number, send: (id: string) => { method: string; body?: string }) {
  const answers: Answered[] = []
  let over = false
  const agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const running = agents.map(async (agent, client) => {
    for (let n = 0; !over; n++) {
      const id = `client-${client}-${n}`
      answers.push(await one(address, agent, { id, ...send(id) }))
    }
  })
  const stop = async () => {
    over = true
    await Promise.all(running)
    for (const agent of agents) agent.destroy()
    return answers
  }
  onTestFinished(async () => void (await stop()))
  return { answers, stop }
}

function one(
  address: string,
  agent: Agent,
  { id, method, body = '' }: { id: string; method: string; body?: string },
): Promise<Answered> {
  const sentAt = performance.now()
  return new Promise((resolve) => {
    const headers = { 'x-request-id': id, 'content-length': Buffer.byteLength(body) }
    const request = httpRequest(`${address}/api/customers/7`, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ id, status: response.statusCode ?? 0, body: text, sentAt }))
      response.on('error', () => resolve({ id, status: 0, body: text, sentAt }))
    })
    request.on('error', () => resolve({ id, status: 0, body: '', sentAt }))
    request.end(body)
  })
}
