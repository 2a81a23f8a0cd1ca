import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@banyan/toolkit/base'
import { buildEdge, type Edge } from '../src/edge.ts'

/** An edge before an upstream that echoes, and clients that ask it all the time. */
export interface FaultWorld {
  readonly edge: Edge
  /** Writes a route table whose catch-all is as it was; `name` names another route in it. */
  writeRoutes(name: string): Promise<void>
  /** Asks with so many clients until `goesOn` says no; says how many answers were right, and what was wrong with the others. */
  load(clients: number, goesOn: () => boolean): Promise<Load>
  readonly logged: readonly string[]
  close(): Promise<void>
}

/** What a load gave. */
export interface Load {
  readonly right: number
  readonly wrong: readonly string[]
}

/** Opens one; `clock` is the edge's. */
export async function openFaultWorld(clock?: Clock): Promise<FaultWorld> {
  const upstream = createServer((asked, answer) => {
    let body = ''
    asked.on('data', (part) => {
      body += part
    })
    asked.on('end', () => answer.end(`${asked.method} ${asked.url} ${body}`))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stateDir = await mkdtemp(join(tmpdir(), 'banyan-faults-'))
  const routesFile = join(stateDir, 'routes.yaml')
  const writeRoutes = (name: string) => writeFile(routesFile, routesOf(`http://127.0.0.1:${port}`, name))
  await writeRoutes('first')
  const logged: string[] = []
  const loopback = { host: '127.0.0.1', port: 0 }
  const log = { write: (line: string) => void logged.push(line) }
  const edge = buildEdge({ routesFile, stateDir, listen: loopback, admin: loopback, log, ...(clock && { clock }) })
  await edge.listen()
  return {
    ...{ edge, writeRoutes, logged },
    load: (clients, goesOn) => load(edge.address, clients, goesOn),
    close: async () => {
      await edge.close()
      upstream.closeAllConnections()
      await new Promise((resolve) => upstream.close(resolve))
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

const routesOf = (url: string, name: string) => `version: 1
upstreams: { monolith: { url: ${url} } }
routes:
  - { name: ${name}, match: { path: /${name}/* }, upstream: monolith }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`

async function load(address: string, clients: number, goesOn: () => boolean): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  let right = 0
  const wrong: string[] = []
  const client = async (number: number) => {
    for (let i = 0; goesOn(); i++) {
      const body = i % 3 === 0 ? `body ${number} ${i}` : ''
      const target = `/${i % 2 === 0 ? 'first/' : ''}${number}/${i}`
      const got = await ask(address + target, { agent, body })
      const expected = `200 ${body === '' ? 'GET' : 'POST'} ${target} ${body}`
      if (got === expected) right += 1
      else wrong.push(`${got} instead of ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  agent.destroy()
  return { right, wrong }
}

/** The status and the body of the answer, or what went wrong. */
function ask(url: string, { agent, body }: { readonly agent: Agent; readonly body: string }): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(url, { agent, method: body === '' ? 'GET' : 'POST' }, (answer) => {
      let text = `${answer.statusCode} `
      answer.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      answer.on('end', () => resolve(text))
      answer.on('error', (error) => resolve(error.message))
    })
    asked.on('error', (error) => resolve(error.message))
    asked.end(body)
  })
}
