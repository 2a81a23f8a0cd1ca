import path from 'node:path'
import { buildEdge } from '@banyan/edge-proxy'
import { buildShoppers } from '../../monolith/shoppers/shoppers.ts'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import { banyan } from './banyan.ts'
import { writeRouteTable } from './route-table.ts'

/** What to record: so many exchanges about customers, of shoppers in front of this arm. */
export interface WantedTraffic {
  readonly folder: string
  readonly legacy: string
  readonly exchanges: number
}

/** Lets shoppers loose on the shop behind an edge, and records what they do with customers; returns the recording's file. */
export async function recordShoppers({ folder, legacy, exchanges }: WantedTraffic): Promise<string> {
  const edge = await openEdge(folder, legacy)
  const enough = new AbortController()
  const shopping = buildShoppers({
    url: edge.address,
    ratePerSecond: 2_000,
    maxInFlight: 16,
    apiKeys: demoApiKeys().map(({ key }) => key),
    signal: enough.signal,
  })
  const only = ['users.read', 'users.list', 'users.write']
  const recorded = await banyan(folder, [
    'record',
    '--out',
    'shoppers.ndjson',
    '--count',
    String(exchanges),
    '--only',
    ...only,
  ])
  enough.abort()
  await shopping
  await edge.close()
  if (recorded.code !== 0) throw new Error(`not recorded: ${recorded.stderr}`)
  return path.join(folder, 'shoppers.ndjson')
}

async function openEdge(folder: string, legacy: string) {
  const anywhere = { host: '127.0.0.1', port: 0 }
  const routesFile = await writeRouteTable(folder, { legacy })
  const log = { write: () => undefined }
  const stateDir = path.join(folder, '.banyan')
  const edge = buildEdge({ routesFile, stateDir, listen: anywhere, admin: anywhere, log, drainMs: 200 })
  await edge.listen()
  await writeRouteTable(folder, { legacy, edge: edge.adminAddress })
  return edge
}
