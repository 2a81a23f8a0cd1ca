import { type Arm, type ConfigProblem, moveOwner, parseRouteTable, type RouteTable } from '@banyan/toolkit/routing'

/** An owner that a cutover told this edge, with its epoch. */
export interface ToldOwner {
  readonly owner: Arm
  readonly epoch: number
}

/** A route table as it may go live: with the owners that the edge was told, and where its file says otherwise. */
export type OwnedRouteTable =
  | { readonly ok: true; readonly table: RouteTable; readonly disagreements: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/**
 * Reads a route table and puts the owners into it that the edge was told: they come from the databases, which the file
 * only mirrors (law 3). The revision is that of the file. Capabilities that it does not have are left out.
 */
export function parseOwned(text: string, file: string, told: ReadonlyMap<string, ToldOwner>): OwnedRouteTable {
  const parsed = parseRouteTable(text, file)
  if (!parsed.ok) return parsed
  const disagreements = new Map<string, string>()
  let owned = { text, table: parsed.table }
  for (const [capability, { owner, epoch }] of told) {
    const written = owned.table.capabilities.get(capability)?.owner
    if (written === undefined || written === owner) continue
    const moved = moveOwner(owned.text, file, { capability, owner })
    if (!moved.ok) return moved
    owned = moved
    disagreements.set(capability, `the file says owner: ${written}, but ${owner} owns the data since epoch ${epoch}`)
  }
  return { ok: true, table: { ...owned.table, revision: parsed.table.revision }, disagreements }
}
