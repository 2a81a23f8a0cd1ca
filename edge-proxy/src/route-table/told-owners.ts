import { type Arm, type RouteTable, withOwner } from '@banyan/toolkit/routing'

/** An owner that a cutover told this edge, with its epoch. */
export interface ToldOwner {
  readonly owner: Arm
  readonly epoch: number
}

/** A route table as it may go live: with the owners that the edge was told, and where its file says otherwise. */
export interface OwnedRouteTable {
  readonly table: RouteTable
  readonly disagreements: ReadonlyMap<string, string>
}

/**
 * Puts the owners into a route table that the edge was told: they come from the databases, which the file only mirrors (law 3).
 * The revision is that of the file. Capabilities that it does not have are left out.
 */
export function withToldOwners(written: RouteTable, told: ReadonlyMap<string, ToldOwner>): OwnedRouteTable {
  const disagreements = new Map<string, string>()
  let table = written
  for (const [capability, { owner, epoch }] of told) {
    const said = written.capabilities.get(capability)?.owner
    if (said === undefined || said === owner) continue
    table = withOwner(table, { capability, owner })
    disagreements.set(capability, `the file says owner: ${said}, but ${owner} owns the data since epoch ${epoch}`)
  }
  return { table, disagreements }
}
