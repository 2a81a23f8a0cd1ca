import { hostname } from 'node:os'
import { buildSync, type CapabilityManifest, openSyncDatabase, type Sync } from '../data-sync/index.ts'
import { type Environment, required } from '../service-kit/index.ts'
import type { WorkerNames } from './worker-names.ts'

/** Whose sync, and where the URLs of its databases stand. */
export interface WorkerSync {
  readonly manifest: CapabilityManifest
  readonly names: WorkerNames
  readonly env: Environment
  /** The worker may start before the service: whoever is first makes the schema. */
  readonly prepareSchema: (url: string) => Promise<void>
  readonly pid: number
}

/** Opens both databases of a worker, the service's after its schema was prepared. */
export async function openWorkerSync({ manifest, names, env, prepareSchema, pid }: WorkerSync): Promise<Sync> {
  const purpose = 'the path of an SQLite file, or a postgres:// URL'
  const legacyUrl = required(env, names.legacyUrl, `the monolith's database: ${purpose}`)
  const serviceUrl = required(env, names.serviceUrl, `the database of the ${manifest.name} service: ${purpose}`)
  const { capture = {} } = manifest
  const legacy = await openSyncDatabase(legacyUrl, { variable: names.legacyUrl, capture: capture.legacy })
  try {
    await prepareSchema(serviceUrl)
    const service = await openSyncDatabase(serviceUrl, { variable: names.serviceUrl, capture: capture.service })
    return buildSync({ manifest, legacy, service, holder: `${hostname()}:${pid}` })
  } catch (thrown) {
    await legacy.close()
    throw thrown
  }
}
