import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildEdge, type Edge } from '@banyan/edge-proxy'
import { systemClock } from '@banyan/toolkit/base'
import { openJournal } from '@banyan/toolkit/plan'
import { onTestFinished } from 'vitest'
import { run } from './run.ts'
import type { Shell } from './shell.ts'

const manifest = fileURLToPath(new URL('../../extracted-services/users/src/capability.ts', import.meta.url))
const demo = fileURLToPath(new URL('../../edge-proxy/routes.yaml', import.meta.url))

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A folder with a copy of the demo's route table, in which `banyan` runs inside this process. */
export async function inFolder(admin = 'http://127.0.0.1:1') {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const routes = join(folder, 'routes.yaml')
  copyFileSync(demo, routes)
  const edit = (from: string | RegExp, to: string) =>
    writeFileSync(routes, readFileSync(routes, 'utf8').replace(from, to))
  edit(/^edges: \[[^\]]*\]/m, `edges: [${admin}]`)
  edit(/manifest: .*/, `manifest: ${relative(folder, manifest)}`)
  return {
    folder,
    routes,
    edit,
    text: () => readFileSync(routes, 'utf8'),
    journal: openJournal(join(folder, '.banyan/journal.ndjson'), systemClock),
    banyan: (...args: string[]) => banyanIn(folder, args),
    banyanWith: (env: Shell['env'], ...args: string[]) => banyanIn(folder, args, { env }),
    /** With another world around it: a person at a terminal, a signal. */
    banyanIn: (shell: Partial<Shell>, ...args: string[]) => banyanIn(folder, args, shell),
  }
}

async function banyanIn(cwd: string, args: readonly string[], around: Partial<Shell> = {}): Promise<Ran> {
  const lines = { stdout: '', stderr: '' }
  let ended = 0
  const shell: Shell = {
    out: (text) => {
      lines.stdout += `${text}\n`
    },
    say: (text) => {
      lines.stderr += `${text}\n`
    },
    log: { write: () => undefined },
    env: {},
    cwd,
    clock: systemClock,
    enter: async () => {},
    ask: async () => undefined,
    signal: new AbortController().signal,
    who: 'ann@desk',
    columns: 80,
    messageColumns: undefined,
    colour: false,
    endWith: (exitCode) => {
      ended = exitCode
    },
    ...around,
  }
  const code = (await run(args, shell, '0.0.0')) ?? ended
  return { code, ...lines }
}

/** An HTTP server that answers every request with its name, as JSON. */
export async function startUpstream(name: string): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ arm: name, url: request.url }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The folder with an edge that runs its route table in front of two upstreams. */
export async function withEdge() {
  const place = await inFolder()
  place.edit(/http:\/\/127\.0\.0\.1:4000\b/, await startUpstream('legacy'))
  place.edit(/http:\/\/127\.0\.0\.1:4101\b/, await startUpstream('service'))
  place.edit(/http:\/\/127\.0\.0\.1:4102\b/, await startUpstream('orders'))
  const edge = await startEdge(place.routes, join(place.folder, '.banyan'))
  place.edit(/^edges: \[[^\]]*\]/m, `edges: [${edge.adminAddress}]`)
  await edge.reload()
  const get = async (path: string) => await (await fetch(`${edge.address}${path}`)).text()
  return { ...place, edge, get }
}

/** Starts an edge on free ports; it is closed when the test ends. */
export async function startEdge(routesFile: string, stateDir: string): Promise<Edge> {
  const anywhere = { host: '127.0.0.1', port: 0 }
  const log = { write: () => undefined }
  const edge = buildEdge({ routesFile, stateDir, listen: anywhere, admin: anywhere, log, drainMs: 200 })
  await edge.listen()
  onTestFinished(async () => void (await edge.close()))
  return edge
}
