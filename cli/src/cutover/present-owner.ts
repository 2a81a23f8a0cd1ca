import type { OwnerRow, Sync } from '@banyan/toolkit/data-sync'

/** The owner row with the higher epoch, which is the later word; undefined where no ownership is installed: then legacy owns, in epoch 0. */
export async function presentOwner(sync: Sync): Promise<OwnerRow | undefined> {
  const { legacy, service } = (await sync.status()).owners
  return (legacy?.epoch ?? -1) > (service?.epoch ?? -1) ? legacy : service
}
