import { readRouteTable } from '@banyan/toolkit/routing'
import { buildCutoverEdges } from '@banyan/toolkit/sync-worker/edges'
import { jsonDocument } from '../json-document.ts'
import type { OpenCapability } from '../with-sync.ts'
import { presentOwner } from './present-owner.ts'

/** Who owns a capability, as its databases say: the row with the higher epoch; legacy where no ownership is installed, undefined while it moves. */
export async function ownedBy({ sync }: Pick<OpenCapability, 'sync'>): Promise<'legacy' | 'service' | undefined> {
  const owner = (await presentOwner(sync))?.owner ?? 'legacy'
  return owner === 'moving' ? undefined : owner
}

/** There is nothing to move; but where the route table says another owner than the databases, the edges are told. */
export async function mendOwner(open: OpenCapability, owner: 'legacy' | 'service', json: boolean): Promise<void> {
  const { name, edges, place, shell, capability } = open
  const epoch = (await presentOwner(open.sync))?.epoch ?? 0
  if (capability.owner !== owner) await buildCutoverEdges(edges).moveOwner(owner, epoch)
  const { table } = await readRouteTable(place.routes)
  const mended = table.capabilities.get(name)?.owner !== capability.owner
  if (json) {
    shell.out(jsonDocument({ capability: name, to: owner, outcome: 'nothing', owner, epoch, mended }))
    return
  }
  shell.out(`${name} is owned by ${owner} already (epoch ${epoch})`)
  if (mended) shell.out(`the route table said ${capability.owner}: it says ${owner} now, and the edges run it`)
}
