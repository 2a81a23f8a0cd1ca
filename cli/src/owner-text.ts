import { formatDurationMs } from '@banyan/toolkit/base'
import type { CutoverIntent, OwnerRow, OwnerRows } from '@banyan/toolkit/data-sync'

/** Who owns, as both databases say: `service (epoch 3)`; names what they do not agree upon. */
export function ownersText({ legacy, service }: OwnerRows): string {
  if (legacy === undefined && service === undefined) return 'legacy (no ownership installed yet)'
  if (legacy === undefined) return `${ownerText(service)}, no fence in legacy yet`
  if (service === undefined) return `${ownerText(legacy)}, no fence in the service`
  if (legacy.owner === service.owner && legacy.epoch === service.epoch)
    return `${ownerText(service)}${fenceText(legacy, service)}`
  return `${ownerText(legacy)} in legacy's database, ${ownerText(service)} in the service's${fenceText(legacy, service)}`
}

/** A cutover that is under way: who, which step, since when, and how to cancel it. */
export function pendingText(capability: string, intent: CutoverIntent, now: number): string {
  const { to, step, coordinator, startedAt, expiresAt } = intent
  const left =
    expiresAt > now ? '' : '; its lease has run out: it is recovered by the sync worker, or by banyan cutover'
  const since = formatDurationMs(Math.max(0, now - startedAt))
  return `to ${to} under way for ${since}, in step "${step}", by ${coordinator}${left}. Cancel: banyan cutover ${capability} --cancel`
}

function ownerText(row: OwnerRow | undefined): string {
  return row === undefined ? 'unknown' : `${row.owner} (epoch ${row.epoch})`
}

function fenceText(legacy: OwnerRow, service: OwnerRow): string {
  if (legacy.fence === 'enforce' && service.fence === 'enforce') return ''
  if (legacy.fence === service.fence) return `, fence ${legacy.fence}`
  return `, fence ${legacy.fence} in legacy's database and ${service.fence} in the service's`
}
