import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildEdge } from '@banyan/edge-proxy'
import { buildSync, type CutoverReport, openSyncDatabase } from '@banyan/toolkit/data-sync'
import { buildCutoverEdges } from '@banyan/toolkit/sync-worker/edges'
import { startArm } from './arm.ts'
import { type Places, runPiece, startPiece } from './child.ts'
import { capability } from './orders.ts'
import type { Measured } from './report.ts'
import type { Side } from './side.ts'

const perSecond = 200
const cutovers = 6
const betweenMs = 1500
/** Of one write, verification or cutover. */
const boundMs = 20_000

/**
 * How long a cutover holds writes that come in at 200 a second: an edge in this process, a worker in its own, both arms over real sockets
 * and real databases, there and back again. Every write must be answered 200.
 */
export async function measureHold(folder: string, side: Side): Promise<readonly Measured[]> {
  const places = { legacy: await side.legacy(), service: await side.freshService() }
  for (const piece of ['install', 'backfill', 'verify']) await runPiece(piece, places, [])
  const arms = [await startArm('legacy', places.legacy), await startArm('service', places.service)] as const
  const edge = await startEdge(folder, arms[0].url, arms[1].url)
  const worker = startPiece('work', places, [])
  try {
    const { reports, failed, written } = await cutUnderLoad(places, edge)
    if (failed.length > 0) throw new Error(`${failed.length} of ${written} writes were not answered 200: ${failed[0]}`)
    const waits = (of: 'p50Ms' | 'p99Ms') => reports.map(({ hold }) => hold?.[of] ?? 0).sort((a, b) => a - b)
    const what = `hold at ${perSecond} writes/s, ${side.name}`
    return [
      { what: `${what}, p50`, value: waits('p50Ms')[Math.floor(reports.length / 2)], unit: 'ms' },
      { what: `${what}, p99`, value: waits('p99Ms').at(-1), unit: 'ms', goal: { atMost: 300 } },
    ]
  } finally {
    await Promise.allSettled([worker.end(), edge.close()])
    await Promise.allSettled(arms.map((arm) => arm.close()))
  }
}

interface Edge {
  readonly url: string
  readonly admin: string
  readonly token: string
  close(): Promise<void>
}

async function startEdge(folder: string, legacy: string, service: string): Promise<Edge> {
  const home = mkdtempSync(path.join(folder, 'edge-'))
  const routesFile = path.join(home, 'routes.yaml')
  writeFileSync(
    routesFile,
    `version: 1
upstreams:
  monolith: { url: ${legacy} }
  orders: { url: ${service} }
capabilities:
  orders: { legacy: monolith, service: orders, owner: legacy }
routes:
  - { name: orders.write, capability: orders, match: { methods: [PUT], path: /api/orders/* }, serve: owner }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`,
  )
  const here = { host: '127.0.0.1', port: 0 }
  const edge = buildEdge({ routesFile, stateDir: home, listen: here, admin: here, log: { write: () => undefined } })
  await edge.listen()
  const token = readFileSync(path.join(home, 'admin-token'), 'utf8').trim()
  return { url: edge.address, admin: edge.adminAddress, token, close: async () => void (await edge.close()) }
}

async function cutUnderLoad(places: Places, edge: Edge) {
  const sync = buildSync({
    manifest: capability,
    legacy: await openSyncDatabase(places.legacy),
    service: await openSyncDatabase(places.service),
    holder: `bench:${process.pid}`,
  })
  const edges = buildCutoverEdges({ capability: 'orders', urls: [edge.admin], readToken: async () => edge.token })
  const load = startLoad(edge.url)
  const reports: CutoverReport[] = []
  try {
    for (let round = 0; round < cutovers; round++) {
      await delay(betweenMs)
      const signal = AbortSignal.timeout(boundMs)
      await sync.verify({ signal })
      const report = await sync.cutover(edges).run(round % 2 === 0 ? 'service' : 'legacy', { signal })
      if (report.outcome !== 'done') throw new Error(`a cutover was undone: ${report.why}`)
      reports.push(report)
    }
  } finally {
    await load.end()
    await sync.close()
  }
  return { reports, ...load.seen() }
}

/** PUTs at an even rate, whatever the answers take. */
function startLoad(url: string) {
  const failed: string[] = []
  const open = new Set<Promise<void>>()
  const started = performance.now()
  let written = 0
  const write = async (id: number) => {
    const signal = AbortSignal.timeout(boundMs)
    const response = await fetch(`${url}/api/orders/${id}`, { method: 'PUT', body: `note ${id}`, signal })
    if (response.status !== 200) failed.push(`${response.status} ${await response.text()}`)
    else await response.arrayBuffer()
  }
  const timer = setInterval(() => {
    while (written < ((performance.now() - started) * perSecond) / 1000) {
      const writing = write(1 + (++written % 5000)).catch((thrown) => void failed.push(String(thrown)))
      open.add(writing)
      void writing.finally(() => open.delete(writing))
    }
  }, 5)
  return {
    seen: () => ({ failed, written }),
    end: async () => {
      clearInterval(timer)
      await Promise.all(open)
    },
  }
}
