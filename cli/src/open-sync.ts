import { hostname } from 'node:os'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { buildSync, type CapabilityManifest, openSyncDatabase, type Sync } from '@banyan/toolkit/data-sync'
import type { Capability } from '@banyan/toolkit/routing'
import { loadManifest } from './capability.ts'
import type { Place } from './place.ts'
import type { Shell } from './shell.ts'

/** The sync of a capability, with the manifest that it was built from. */
export interface OpenedSync {
  readonly sync: Sync
  readonly manifest: CapabilityManifest
}

/** Opens the sync of a capability: its manifest, and both databases from the variables that the route table names. */
export async function openSync(capability: Capability, place: Place, shell: Pick<Shell, 'clock'>): Promise<OpenedSync> {
  const { legacy: ofLegacy, service: ofService } = databaseUrls(capability, place.env)
  const manifest = await loadManifest(capability)
  const { capture = {} } = manifest
  const legacy = await openSyncDatabase(ofLegacy.url, { ...ofLegacy, capture: capture.legacy })
  const service = await openSyncDatabase(ofService.url, { ...ofService, capture: capture.service }).catch(
    async (thrown: unknown) => {
      await legacy.close()
      throw thrown
    },
  )
  const holder = `banyan ${hostname()}:${process.pid}`
  return { sync: buildSync({ manifest, legacy, service, clock: shell.clock, holder }), manifest }
}

/** A URL with the variable that held it. */
export interface NamedUrl {
  readonly url: string
  readonly variable: string
}

/** Both databases of a capability, from the variables that the route table names. Throws `databases-unnamed`, `database-unset`. */
export function databaseUrls(
  { name, databases }: Capability,
  env: Shell['env'],
): { legacy: NamedUrl; service: NamedUrl } {
  if (databases === undefined) {
    throw new Fault('databases-unnamed', `the route table names no databases for "${name}"`, {
      hint: `databases: { legacy: { env: LEGACY_DATABASE_URL }, service: { env: SERVICE_DATABASE_URL } }`,
      exitCode: exitCodes.invalidConfig,
    })
  }
  const urlIn = (variable: string) => {
    const url = env[variable]
    if (url !== undefined && url !== '') return { url, variable }
    throw new Fault('database-unset', `${variable} is not set: it must hold the URL of a database of "${name}"`, {
      hint: `such as: export ${variable}=/var/lib/shop/shop.sqlite, or postgres://user@host/name`,
      exitCode: exitCodes.invalidConfig,
    })
  }
  return { legacy: urlIn(databases.legacy.env), service: urlIn(databases.service.env) }
}
