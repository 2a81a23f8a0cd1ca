import { isJsonObject, type Json, type JsonObject } from '../../base/index.ts'
import type { EdgeSeen } from '../../data-sync/index.ts'

/** An edge as its answer to `GET /status` shows it: whom it takes for the owner, and what speaks against a cutover there. */
export function edgeSeenIn(url: string, capability: string, status: JsonObject): EdgeSeen {
  const mine = listOf(status.capabilities).find((each) => each.capability === capability)
  const owner = mine?.owner === 'legacy' || mine?.owner === 'service' ? mine.owner : undefined
  return { url, answers: true, trouble: troubleIn(capability, { status, mine }), owner }
}

interface Seen {
  readonly status: JsonObject
  readonly mine: JsonObject | undefined
}

function troubleIn(capability: string, { status, mine }: Seen): string | undefined {
  if (status.draining === true) return 'it is ending'
  const [problem] = Array.isArray(status.refused) ? status.refused : []
  if (problem !== undefined) return `it refuses the route table's file: ${String(problem)}`
  if (mine === undefined) return `its route table has no capability "${capability}"`
  if (isJsonObject(mine.hold)) return `it holds writes already, for epoch ${String(mine.hold.epoch)}`
  return undefined
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
