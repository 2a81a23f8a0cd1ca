import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { buildEdge, type Edge } from '../../src/edge.ts'
import { type ByteUpstream, startByteUpstream } from '../strict-wire/byte-upstream.ts'

/** One edge before one upstream of bytes, for all cases of a file. */
export interface World {
  readonly upstream: ByteUpstream
  readonly edge: Edge
  readonly routesFile: string
  readonly token: string
  /** The lines of its log. */
  readonly lines: string[]
  /** Sends bytes on a connection of their own; resolves with all that came back, latin1, when the edge has closed it. */
  exchange(bytes: string): Promise<string>
}

/** The route table of a world: two capabilities' worth of paths, and a catch-all, all to the one upstream. */
export const usualRoutes = (url: string): string => `version: 1
upstreams:
  monolith: { url: ${url}, breaker: off, eject: off }
  users: { url: ${url}, breaker: off, eject: off }
capabilities:
  users: { legacy: monolith, service: users, owner: legacy }
routes:
  - { name: users.read, capability: users, match: { methods: [GET], path: /api/customers/:id }, serve: legacy }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`

/** Opens a world before a file's tests and closes it after them; the function returned gives it. */
export function useWorld(routes: (url: string) => string = usualRoutes): () => World {
  let world: World | undefined
  let close: () => Promise<void> = async () => undefined
  beforeAll(async () => {
    const opened = await openWorld(routes)
    world = opened.world
    close = opened.close
  })
  afterAll(() => close())
  return () => {
    if (world === undefined) throw new Error('the world is opened before the tests, not while they are collected')
    return world
  }
}

async function openWorld(routes: (url: string) => string) {
  const upstream = await startByteUpstream()
  const stateDir = await mkdtemp(join(tmpdir(), 'banyan-bad-input-'))
  const routesFile = join(stateDir, 'routes.yaml')
  await writeFile(routesFile, routes(upstream.url))
  const lines: string[] = []
  const loopback = { host: '127.0.0.1', port: 0 }
  const log = { write: (line: string) => void lines.push(line) }
  const edge = buildEdge({ routesFile, stateDir, listen: loopback, admin: loopback, log, drainMs: 300 })
  await edge.listen()
  const token = (await readFile(join(stateDir, 'admin-token'), 'utf8')).trim()
  const exchange = (bytes: string) => exchangeBytes(edge.address, bytes)
  const close = async () => {
    await edge.close()
    await upstream.close()
    await rm(stateDir, { recursive: true, force: true })
  }
  return { world: { upstream, edge, routesFile, token, lines, exchange }, close }
}

const patienceMs = 15_000

/** Sends bytes (latin1) to a URL's host and port; resolves with all that came back when the other end has closed. */
export function exchangeBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => void socket.write(bytes, 'latin1'))
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.setTimeout(patienceMs, () => {
      reject(new Error(`the connection stays open after ${JSON.stringify(received)}`))
      socket.destroy()
    })
    socket.once('close', () => resolve(received))
  })
}

/** Sends bytes to a URL's host and port, and leaves as soon as something comes back. */
export function leaveAfterFirstBytes(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(bytes, 'latin1'))
    socket.on('error', () => undefined)
    socket.once('data', () => socket.destroy())
    socket.once('close', () => resolve())
  })
}
