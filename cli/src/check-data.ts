import { Fault, messageOf } from '@banyan/toolkit/base'
import type { SyncStatus } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import type { Capability, RouteTable } from '@banyan/toolkit/routing'
import { checkOwnership } from './check-ownership.ts'
import { type Finding, fail, ok, type Patient, warn } from './finding.ts'
import { openSync } from './open-sync.ts'

/** Manifest, databases, sync worker and quarantine of every capability that has data. */
export async function checkData(table: RouteTable, patient: Patient): Promise<readonly Finding[]> {
  const withData = [...table.capabilities.values()].filter(
    ({ databases, manifest }) => (databases ?? manifest) !== undefined,
  )
  return (await Promise.all(withData.map((capability) => checkCapability(capability, patient)))).flat()
}

async function checkCapability(capability: Capability, { place, shell }: Patient): Promise<readonly Finding[]> {
  const check = `data of ${capability.name}`
  try {
    const { sync } = await openSync(capability, place, shell)
    try {
      const status = await sync.status()
      return [...findings(check, status, capability.name), ...checkOwnership(capability, status, shell.clock.now())]
    } finally {
      await sync.close()
    }
  } catch (thrown) {
    const hint = (thrown instanceof Fault ? thrown.hint : undefined) ?? 'BANYAN_DEBUG=1 banyan sync status shows more'
    // Whoever only flips routes from here needs no database.
    const isUnset = thrown instanceof Fault && thrown.code === 'database-unset'
    return [isUnset ? warn(check, messageOf(thrown), hint) : fail(check, messageOf(thrown), hint)]
  }
}

function findings(check: string, status: SyncStatus, name: string): readonly Finding[] {
  const { backfill, direction, lag, quarantined, worker } = status
  const copied =
    direction === 'to legacy'
      ? ok(check, 'legacy holds what it held, and what is written since is followed back')
      : backfill.phase === 'done'
        ? ok(check, 'copied')
        : warn(check, `backfill: ${backfill.phase}`, `banyan sync backfill ${name}`)
  const follow =
    worker?.alive === true && lag !== undefined
      ? ok(`sync of ${name}`, `${worker.holder} follows, ${formatCount(lag.changes)} changes behind`)
      : warn(
          `sync of ${name}`,
          'nothing follows: the lag is unknown',
          `start its worker, or: banyan sync follow ${name}`,
        )
  const quarantine =
    quarantined === 0
      ? ok(`quarantine of ${name}`, 'empty')
      : warn(
          `quarantine of ${name}`,
          `${formatCount(quarantined)} aggregates could not be translated`,
          `banyan sync status ${name}`,
        )
  return [copied, follow, quarantine]
}
