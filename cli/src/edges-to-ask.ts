import { readFile } from 'node:fs/promises'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { type RouteTable, readRouteTable, revisionOf } from '@banyan/toolkit/routing'
import type { Place } from './place.ts'

/** The edges to ask what is live, and the revision of the file. */
export interface EdgesToAsk {
  readonly urls: readonly string[]
  readonly revision: string
  /** Undefined: the file is not valid. */
  readonly table: RouteTable | undefined
  /** Why the file does not say it: it is not valid. Edges that run keep their last good one. */
  readonly invalid: Fault | undefined
}

/**
 * The edges that the route table names. From a file that is not valid none can be read, and just then people must see
 * what is live: then those of BANYAN_EDGES, or the one at ADMIN_PORT (8081). Throws what else `readRouteTable` throws.
 */
export async function edgesToAsk({ routes, env }: Place): Promise<EdgesToAsk> {
  try {
    const { table } = await readRouteTable(routes)
    return { urls: table.edges, revision: table.revision, table, invalid: undefined }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'route-table-invalid') throw thrown
    const usual = `http://127.0.0.1:${env.ADMIN_PORT ?? '8081'}`
    const urls = (env.BANYAN_EDGES ?? usual).split(/[\s,]+/).filter((url) => url !== '')
    return { urls, revision: revisionOf(await readFile(routes, 'utf8')), table: undefined, invalid: thrown }
  }
}

/** The edges to ask; at least one. Throws `edges-unnamed` (exit 4), and what `edgesToAsk` throws. */
export async function requireEdges(place: Place): Promise<readonly string[]> {
  const { urls } = await edgesToAsk(place)
  if (urls.length === 0) throw noEdges(place)
  return urls
}

/** That a route table names no edge. */
export function noEdges({ routes }: Pick<Place, 'routes'>): Fault {
  return new Fault('edges-unnamed', `${routes} names no edge to ask`, {
    hint: 'add its admin address: edges: [http://127.0.0.1:8081]',
    exitCode: exitCodes.invalidConfig,
  })
}
