import type { CapabilityManifest, Sync } from '@banyan/toolkit/data-sync'
import { type Capability, type RouteTable, readRouteTable } from '@banyan/toolkit/routing'
import type { Edges } from '@banyan/toolkit/sync-worker/edges'
import { adminToken } from './admin-token.ts'
import { capabilityNamed } from './capability.ts'
import { openSync } from './open-sync.ts'
import { locate, type Place, type PlaceOptions } from './place.ts'
import type { Shell } from './shell.ts'

/** A capability with its databases open, and all else that a verb needs to work on its data. */
export interface OpenCapability {
  readonly name: string
  readonly capability: Capability
  readonly manifest: CapabilityManifest
  readonly sync: Sync
  readonly table: RouteTable
  readonly edges: Edges
  readonly place: Place
  readonly shell: Shell
}

/** How a verb was called. */
export interface Invocation {
  readonly options: PlaceOptions
  readonly shell: Shell
}

/** Opens the databases of a capability of the route table, and closes them when `work` has ended. */
export async function withSync(
  name: string,
  { options, shell }: Invocation,
  work: (open: OpenCapability) => Promise<void>,
): Promise<void> {
  const place = locate(options, shell)
  const { table } = await readRouteTable(place.routes)
  const capability = capabilityNamed(name, table)
  const { sync, manifest } = await openSync(capability, place, shell)
  try {
    const edges = { capability: name, urls: table.edges, readToken: adminToken(place) }
    await work({ name, capability, manifest, sync, table, edges, place, shell })
  } finally {
    await sync.close()
  }
}
