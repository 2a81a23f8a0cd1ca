import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { exitCodes, Fault, isJsonObject, messageOf, nearestWord } from '@banyan/toolkit/base'
import type { CapabilityManifest } from '@banyan/toolkit/data-sync'
import type { Capability, RouteTable } from '@banyan/toolkit/routing'

/** The capability of that name; throws `capability-unknown` (exit 64) with the nearest one. */
export function capabilityNamed(name: string, table: RouteTable): Capability {
  const capability = table.capabilities.get(name)
  if (capability !== undefined) return capability
  const known = [...table.capabilities.keys()]
  const near = nearestWord(name, known)
  throw new Fault(
    'capability-unknown',
    `no capability "${name}"${near === undefined ? '' : `. Did you mean "${near}"?`}`,
    {
      hint: `known: ${known.join(', ') || 'none'}, in ${table.file}`,
      exitCode: exitCodes.usage,
    },
  )
}

/**
 * Imports a capability's manifest. A TypeScript manifest needs a Node that strips types (22.18 and later), or tsx
 * installed where the manifest is. Throws `manifest-...` (exit 4).
 */
export async function loadManifest(capability: Capability): Promise<CapabilityManifest> {
  const { manifest: file, name } = capability
  if (file === undefined) throw withoutData(capability)
  if (!existsSync(file))
    throw invalid('manifest-missing', `there is no manifest ${file}`, `capabilities.${name}.manifest names it`)
  const exports = await importFile(file)
  const found = Object.values(exports).find(
    (value): value is CapabilityManifest => isManifest(value) && value.name === name,
  )
  if (found !== undefined) return found
  throw invalid(
    'manifest-without-capability',
    `${file} exports no capability "${name}"`,
    'export const capability = defineCapability({ ... })',
  )
}

function isManifest(value: unknown): value is CapabilityManifest {
  return isJsonObject(value) && typeof value.name === 'string' && isJsonObject(value.aggregate)
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(file).href
  try {
    return await import(url)
  } catch (thrown) {
    const isType = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_UNKNOWN_FILE_EXTENSION'
    if (!isType)
      throw invalid(
        'manifest-broken',
        `cannot load ${file}: ${messageOf(thrown)}`,
        'BANYAN_DEBUG=1 shows where',
        thrown,
      )
  }
  return await importWithTsx(url, file)
}

/** tsx is no dependency: who writes manifests in TypeScript on Node 20 has it. */
async function importWithTsx(url: string, file: string): Promise<Record<string, unknown>> {
  const tsx: string = 'tsx/esm/api'
  const api: { readonly tsImport: (url: string, parent: string) => Promise<Record<string, unknown>> } | undefined =
    await import(tsx).catch(() => undefined)
  if (api !== undefined) return await api.tsImport(url, import.meta.url)
  const hint = 'use Node 22.18 or later, or install tsx beside @banyan/cli, or compile the manifest to JavaScript'
  throw invalid('manifest-typescript', `this Node (${process.version}) cannot load TypeScript: ${file}`, hint)
}

function withoutData({ name }: Capability): Fault {
  const hint = `name its manifest and databases in the route table: capabilities.${name}.manifest`
  return invalid('manifest-unnamed', `the capability "${name}" has no data to sync`, hint)
}

function invalid(code: string, message: string, hint: string, cause?: unknown): Fault {
  return new Fault(code, message, { hint, exitCode: exitCodes.invalidConfig, cause })
}
