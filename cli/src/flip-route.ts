import { exitCodes, Fault, type JsonObject } from '@banyan/toolkit/base'
import type { Journal } from '@banyan/toolkit/plan'
import {
  type FlipRequest,
  flipRoute,
  type Knobs,
  type RouteTable,
  readRouteTable,
  revisionOf,
} from '@banyan/toolkit/routing'
import { edgeClients } from './edge-client.ts'
import { type EditTools, writeEdit } from './edit-file.ts'
import type { Place } from './place.ts'
import { type Live, reloadEdges } from './reload-edges.ts'
import type { Shell } from './shell.ts'

/** A flip that was worked out and not yet written. */
export interface PreparedFlip {
  readonly request: FlipRequest
  readonly table: RouteTable
  /** The revision of the file that it was worked out for. */
  readonly from: string
  readonly to: string
  readonly text: string
  readonly before: Knobs
  readonly after: Knobs
  readonly edits: readonly { readonly offset: number; readonly old: string; readonly new: string }[]
}

/** A flip that was written: where it is live, and its journal entry (undefined when nothing had to change). */
export interface DoneFlip {
  readonly live: Live
  readonly revision: string
  readonly entry: number | undefined
}

/** Reads the route table and works the flip out; writes nothing. Throws what `readRouteTable` and `flipRoute` say. */
export async function prepareFlip(request: FlipRequest, place: Place): Promise<PreparedFlip> {
  const { text, table } = await readRouteTable(place.routes)
  const flipped = flipRoute(text, place.routes, request)
  if (!flipped.ok) throw flipped.fault
  return { ...flipped, request, table, from: table.revision, to: revisionOf(flipped.text) }
}

/** Writes and journals a flip, and returns when every edge that runs has it live. */
export async function commitFlip(flip: PreparedFlip, why: string | undefined, where: FlipPlace): Promise<DoneFlip> {
  const { place } = where
  const edges = edgeClients(flip.table.edges, place)
  if (flip.edits.length === 0)
    return { live: await reloadEdges(edges, flip.from), revision: flip.from, entry: undefined }
  const evidence = {
    route: flip.request.route,
    ...changed(flip),
    before: { ...flip.before },
    after: { ...flip.after },
    edits: flip.edits.map((edit) => ({ ...edit })),
  }
  const entry = await writeEdit({ kind: 'flip', why, from: flip.from, text: flip.text, evidence }, place, where)
  return { live: await reloadEdges(edges, flip.to), revision: flip.to, entry: entry.seq }
}

function changed({ before, after }: PreparedFlip): JsonObject {
  return {
    ...(before.serve === after.serve ? {} : { serve: after.serve }),
    ...(before.shadow === after.shadow ? {} : { shadow: after.shadow }),
  }
}

/** Where a flip is written and journaled. */
export interface FlipPlace extends EditTools {
  readonly place: Place
  readonly journal: Journal
  readonly shell: Shell
}

/** Refuses when the file is not of the revision that somebody decided upon. */
export function requireRevision(flip: PreparedFlip, revision: string | undefined): void {
  if (revision === undefined || revision === flip.from) return
  throw new Fault(
    'route-table-changed',
    `the route table changed meanwhile: revision ${flip.from} instead of ${revision}`,
    {
      hint: 'nothing was written. Look at the file and try again.',
      exitCode: exitCodes.refused,
    },
  )
}
