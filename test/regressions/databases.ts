import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { buildSync, openSyncDatabase } from '@banyan/toolkit/data-sync'
import { capability } from '../../extracted-services/users/src/capability.ts'
import { openDatabase } from '../../extracted-services/users/src/database/open.ts'
import { connect as connectShop } from '../../monolith/src/database/connect.ts'
import { seedDatabase } from '../../monolith/src/seed/seed.ts'

/** The databases of both arms, in files. */
export interface ArmDatabases {
  readonly legacy: string
  readonly service: string
}

/** A seeded shop, and the users service's copy of its customers, which the service may write. */
export async function makeDatabases(folder: string, scale: number): Promise<ArmDatabases> {
  const files = { legacy: path.join(folder, 'monolith.sqlite'), service: path.join(folder, 'users.sqlite') }
  const shop = connectShop(files.legacy)
  await seedDatabase(shop, scale)
  await shop.destroy()
  const { db } = await openDatabase(files.service)
  await copyCustomers(files)
  await db('banyan_owner').where({ capability: 'users' }).update({ owner: 'service', epoch: 1 })
  await db.destroy()
  return files
}

async function copyCustomers(files: ArmDatabases): Promise<void> {
  const [legacy, service] = [await openSyncDatabase(files.legacy), await openSyncDatabase(files.service)]
  const sync = buildSync({ manifest: capability, legacy, service, holder: 'test' })
  await sync.install()
  await sync.backfill()
  await sync.close()
}

let copies = 0

/** A copy of both that a replay may write. */
export async function copyDatabases(originals: ArmDatabases, folder: string): Promise<ArmDatabases> {
  const number = ++copies
  const copy = async (file: string) => {
    const to = path.join(folder, `${number}-${path.basename(file)}`)
    await copyFile(file, to)
    return to
  }
  return { legacy: await copy(originals.legacy), service: await copy(originals.service) }
}
