import { exitCodes, Fault } from '../base/index.ts'
import type { AggregateKey } from './capability.ts'
import { keyName } from './key.ts'
import type { SyncSettings } from './ports/job.ts'
import type { SyncJob, SyncJobs } from './sync-job.ts'

const mostRetried = 100_000
const requestsAtOnce = 1000

/**
 * Changes settings of a job; those that are not named stay. The other direction gets them too where it ever ran, so that a cutover does not undo them.
 * Throws `sync-setting-invalid`.
 */
export async function steer(jobs: SyncJobs, present: SyncJob, wish: Partial<SyncSettings>): Promise<SyncSettings> {
  assertValid(wish)
  await present.target.prepare()
  const settings = { ...(await present.target.readJob()).settings, ...wish }
  await present.target.writeSettings(settings)
  const other = present === jobs.service ? jobs.legacy : jobs.service
  if ((await other.target.readJob()).feed !== undefined) await other.target.writeSettings(settings)
  return settings
}

function assertValid({ chunkTimeMs, maxLagMs, maxRate }: Partial<SyncSettings>): void {
  const bounds = [
    ['chunk-time', chunkTimeMs, 1, 60_000],
    ['max-lag', maxLagMs, 0, 86_400_000],
    ['max-rate', maxRate, 1, 10_000_000],
  ] as const
  for (const [name, value, least, most] of bounds) {
    if (value === undefined || (value >= least && value <= most)) continue
    throw new Fault('sync-setting-invalid', `${name} is ${value}; allowed are ${least} to ${most}`, {
      exitCode: exitCodes.usage,
    })
  }
}

/** Asks the worker to take these quarantined aggregates up again, or all of them. How many they are. */
export async function requestRetry({ target }: SyncJob, keys: readonly AggregateKey[] | undefined): Promise<number> {
  const wanted = keys && new Set(keys.map(keyName))
  const aside = (await target.quarantined(mostRetried)).filter(({ key }) => wanted?.has(keyName(key)) !== false)
  const names = aside.map(({ key }) => key)
  for (let at = 0; at < names.length; at += requestsAtOnce) await target.request(names.slice(at, at + requestsAtOnce))
  return names.length
}
