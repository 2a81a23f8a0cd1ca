import { runSyncWorker } from '@banyan/toolkit/sync-worker'
import { capability } from '../capability.ts'
import { openDatabase } from '../database/open.ts'

await runSyncWorker({ manifest: capability, prepareSchema }, process)

async function prepareSchema(url: string): Promise<void> {
  const { db } = await openDatabase(url)
  await db.destroy()
}
