import { Fault, messageOf } from '@banyan/toolkit/base'
import type { CutoverIntent, OwnerRows } from '@banyan/toolkit/data-sync'
import type { Capability, RouteTable } from '@banyan/toolkit/routing'
import { openSync } from './open-sync.ts'
import { ownersText } from './owner-text.ts'
import type { Place } from './place.ts'
import type { Shell } from './shell.ts'

/** What the databases of one capability say of its ownership. */
export interface DataReport {
  readonly capability: string
  readonly owners: OwnerRows
  /** The cutover that is under way. */
  readonly cutover: CutoverIntent | undefined
  /** What is not as it should be: owners that disagree, a fence that lets writes pass. */
  readonly warnings: readonly string[]
}

/** Where databases are looked for, and with what. */
export interface DataPlace {
  readonly place: Place
  readonly shell: Pick<Shell, 'clock'>
}

/** The ownership of every capability whose databases are known here; one whose variables are not set is left out, one that cannot be read is a warning. */
export async function readData(table: RouteTable, where: DataPlace): Promise<readonly DataReport[]> {
  const withData = [...table.capabilities.values()].filter(({ databases }) => databases !== undefined)
  const reports = await Promise.all(withData.map((capability) => readCapability(capability, where)))
  return reports.filter((report) => report !== undefined)
}

async function readCapability(capability: Capability, { place, shell }: DataPlace): Promise<DataReport | undefined> {
  const { name } = capability
  try {
    const { sync } = await openSync(capability, place, shell)
    try {
      const { owners, cutover } = await sync.status()
      return { capability: name, owners, cutover, warnings: ownerWarnings(capability, { owners, cutover }) }
    } finally {
      await sync.close()
    }
  } catch (thrown) {
    // Whoever only flips routes from here needs no database.
    if (thrown instanceof Fault && thrown.code === 'database-unset') return undefined
    const warning = `the databases of ${name} could not be asked: ${messageOf(thrown)}`
    return {
      capability: name,
      owners: { legacy: undefined, service: undefined },
      cutover: undefined,
      warnings: [warning],
    }
  }
}

/** What the owner rows and the route table do not agree upon; nothing while a cutover is under way, for then they may differ. */
export function ownerWarnings(
  { name, owner }: Pick<Capability, 'name' | 'owner'>,
  { owners, cutover }: Pick<DataReport, 'owners' | 'cutover'>,
): readonly string[] {
  const { legacy, service } = owners
  if (cutover !== undefined || (legacy === undefined && service === undefined)) return []
  const later = (legacy?.epoch ?? -1) > (service?.epoch ?? -1) ? legacy : service
  const differ = legacy !== undefined && service !== undefined && !sameOwner(legacy, service)
  return [
    ...(differ ? [`the databases of ${name} disagree: ${ownersText(owners)}. See: banyan doctor`] : []),
    ...(later !== undefined && later.owner !== owner
      ? [
          `${name}: the databases say ${later.owner} (epoch ${later.epoch}), the route table says ${owner}. Mend it: banyan cutover ${name} --to ${later.owner}`,
        ]
      : []),
  ]
}

function sameOwner(a: { owner: string; epoch: number }, b: { owner: string; epoch: number }): boolean {
  return a.owner === b.owner && a.epoch === b.epoch
}
