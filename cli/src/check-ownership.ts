import { formatDurationMs } from '@banyan/toolkit/base'
import type { SyncStatus } from '@banyan/toolkit/data-sync'
import type { Capability } from '@banyan/toolkit/routing'
import { ownerWarnings } from './data-report.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { ownersText, pendingText } from './owner-text.ts'

/** Past this age a verification says little of the data as it is now. */
const staleMs = 24 * 3_600_000

/** Owner rows against the route table, capture, fence and verification of one capability. */
export function checkOwnership(capability: Capability, status: SyncStatus, now: number): readonly Finding[] {
  const { name } = capability
  return [
    checkOwner(capability, status, now),
    status.captured
      ? ok(`capture of ${name}`, 'the change feed is installed')
      : warn(`capture of ${name}`, 'not installed: changes are not seen', `banyan sync backfill ${name}`),
    ...checkFence(name, status),
    checkVerified(name, status, now),
  ]
}

function checkOwner(capability: Capability, { owners, cutover }: SyncStatus, now: number): Finding {
  const { name } = capability
  const check = `owner of ${name}`
  if (cutover !== undefined)
    return warn(
      check,
      `a cutover ${pendingText(name, cutover, now)}`,
      `banyan cutover ${name} --to ${cutover.to} goes on with it`,
    )
  const warnings = ownerWarnings(capability, { owners, cutover })
  if (warnings.length === 0) return ok(check, ownersText(owners))
  const { legacy, service } = owners
  const isLegacy = (legacy?.epoch ?? -1) > (service?.epoch ?? -1)
  const agree = legacy === undefined || service === undefined || legacy.epoch === service.epoch
  const remedy = agree
    ? `banyan cutover ${name} --to ${(isLegacy ? legacy : service)?.owner}`
    : `the higher epoch, in the database of ${isLegacy ? 'legacy' : 'the service'}, is the later word; was the other one restored from a backup?`
  return fail(check, warnings.join('\n'), remedy)
}

function checkFence(name: string, { owners: { legacy, service } }: SyncStatus): readonly Finding[] {
  if (legacy === undefined && service === undefined) return []
  const open = [legacy, service].filter((row) => row !== undefined && row.fence !== 'enforce')
  if (open.length === 0)
    return [ok(`fence of ${name}`, legacy === undefined ? "in the service's database" : 'in both databases')]
  return [
    warn(`fence of ${name}`, `lets writes of the other arm pass: ${open[0]?.fence}`, `banyan fence ${name} enforce`),
  ]
}

function checkVerified(name: string, { verified, backfill }: SyncStatus, now: number): Finding {
  const check = `verified ${name}`
  const remedy = `banyan sync verify ${name}`
  if (verified === undefined)
    return warn(check, backfill.phase === 'done' ? 'never' : 'never; nothing is copied yet', remedy)
  const ageMs = Math.max(0, now - Date.parse(verified.startedAt))
  const ago = `${formatDurationMs(ageMs)} ago`
  if (verified.equal === false) return fail(check, `${ago}: drift`, `banyan sync repair ${name} --dry-run`)
  if (verified.equal === undefined) return warn(check, `${ago}: unknown`, remedy)
  return ageMs > staleMs ? warn(check, `${ago}: all equal, but long ago`, remedy) : ok(check, `${ago}: all equal`)
}
