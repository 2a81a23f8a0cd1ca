import type { CapabilityStatus, HoldStatus } from '../../admin/admin-api.ts'

/** The capabilities of the first reading, each as all workers know it. */
export function mergeCapabilities(readings: readonly (readonly CapabilityStatus[])[]): readonly CapabilityStatus[] {
  const [first = []] = readings
  return first.map((capability) => {
    const all = readings.flatMap((each) => each.filter(({ capability: name }) => name === capability.capability))
    const disagrees = all.find((each) => each.disagrees !== undefined)?.disagrees
    return {
      ...capability,
      appliedThrough: earliest(all.map(({ appliedThrough }) => appliedThrough)),
      hold: mergeHolds(all.map(({ hold }) => hold)),
      ...(disagrees === undefined ? {} : { disagrees }),
    }
  })
}

/** What is applied for all is what is applied for the one that knows least. */
function earliest(times: readonly (string | undefined)[]): string | undefined {
  if (times.some((time) => time === undefined)) return undefined
  return times.toSorted().at(0)
}

function mergeHolds(holds: readonly (HoldStatus | undefined)[]): HoldStatus | undefined {
  const on = holds.flatMap((hold) => hold ?? [])
  if (on.length === 0) return undefined
  return {
    epoch: Math.max(...on.map(({ epoch }) => epoch)),
    phase: on.every(({ phase }) => phase === 'fenced') ? 'fenced' : 'draining',
    held: on.reduce((sum, { held }) => sum + held, 0),
    heldBytes: on.reduce((sum, { heldBytes }) => sum + heldBytes, 0),
    leftMs: Math.min(...on.map(({ leftMs }) => leftMs)),
  }
}
