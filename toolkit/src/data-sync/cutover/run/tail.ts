import { Fault, messageOf } from '../../../base/index.ts'
import type { AggregateKey } from '../../capability.ts'
import { keyName } from '../../key.ts'
import type { SyncJob } from '../../sync-job.ts'
import { compareKeys } from '../../verify/compare-keys.ts'
import type { Tail, TailVerified } from '../action.ts'

/** More changed aggregates than this behind the fence are not waited for: follow was too far behind. */
export const longestTail = 5000
const pollMs = 5

/** What may not have been applied yet, read behind the fence: complete, and without the horizon that a transaction elsewhere may pin. */
export async function readTail({ feed, target }: SyncJob): Promise<Tail> {
  const { position } = await target.readJob()
  if (position === undefined) {
    throw new Fault('cutover-not-followed', 'nothing was followed yet', {
      hint: 'start the sync worker and backfill first',
    })
  }
  const through = await feed.head()
  return { keys: await feed.tail(position, longestTail), through }
}

/** Waits until the worker has applied the tail and stands at its head, or the budget is used up: then false. */
export async function awaitApplied(job: SyncJob, { keys }: Tail, leftMs: () => number): Promise<boolean> {
  const due = new Set(keys.map(keyName))
  while (leftMs() > 0) {
    const open = await job.target.requested(longestTail)
    if (!open.some((key) => due.has(keyName(key)))) return true
    await job.clock.sleep(pollMs)
  }
  return false
}

/** Compares the aggregates of the tail on both arms through the translator. Nobody writes them meanwhile. */
export async function verifyTail(job: SyncJob, keys: readonly AggregateKey[]): Promise<TailVerified> {
  const drifted = await compareKeys(job, keys)
  const differences = drifted.map(
    ({ key, path, detail }) => `${keyName(key)}${path === '' ? '' : ` ${path}`}: ${detail}`,
  )
  return { compared: keys.length, differences: [...differences, ...(await quarantinedOf(job, keys))] }
}

async function quarantinedOf({ target }: SyncJob, keys: readonly AggregateKey[]): Promise<readonly string[]> {
  if ((await target.countQuarantined()) === 0) return []
  const due = new Set(keys.map(keyName))
  const aside = await target.quarantined(longestTail)
  return aside
    .filter(({ key }) => due.has(keyName(key)))
    .map(({ key, reason }) => `${keyName(key)}: ${messageOf(reason)}`)
}
