import { resolve } from 'node:path'
import { Fault, messageOf } from '@banyan/toolkit/base'
import {
  formatProblem,
  parseRouteTable,
  type RouteTable,
  readRouteTable,
  readRouteTableText,
  revisionOf,
  writeOwner,
} from '@banyan/toolkit/routing'
import type { OwnerAnswer, OwnerRequest, ReloadAnswer, ReloadRefused } from '../admin/admin-api.ts'
import { parseOwned, type ToldOwner } from './told-owners.ts'
import { watchFile } from './watch-file.ts'

/** What a reload gives: the revision that is live now, or why the file is not it. */
export type Reloaded = ({ readonly ok: true } & ReloadAnswer) | ({ readonly ok: false } & ReloadRefused)

/** The live route table of one file. */
export interface RouteTableSource {
  /** The live one; each request asks once. */
  current(): RouteTable
  /** Why the file on disk is not live; empty when it is. */
  refused(): readonly string[]
  /** Reads the file now; with `revision`, anything else is left alone. */
  reload(revision?: string): Promise<Reloaded>
  /**
   * Writes the owner into the file and makes it live, in one swap. Where the file cannot be written the owner is live all
   * the same, and the answer says why the file disagrees: writes must not go to an arm that may not take them.
   */
  moveOwner(request: OwnerRequest): Promise<OwnerAnswer>
  /** Makes the owner live at once, whatever the file says; an epoch below one that was told changes nothing. */
  tellOwner(request: OwnerRequest): void
  /** Where the file names another owner than the one that the edge was told, by capability. */
  disagreements(): ReadonlyMap<string, string>
  close(): Promise<void>
}

/** Told of each swap, and once of each content that is refused. */
export interface RouteTableListener {
  swapped(table: RouteTable, before: RouteTable): void
  refused(problems: readonly string[]): void
  /** The owner is live, and the file does not say so. */
  disagrees(capability: string, why: string): void
}

/** How a worker of an edge of several opens it: by what is live in the others, and told of changes by the primary. */
export interface OpenedByPrimary {
  readonly text: string
  /** The route table as this worker goes by it: with its share of what the edge may take. */
  adapt(table: RouteTable): RouteTable
}

/**
 * Reads a route table and follows its file. A new content is parsed whole and then takes the place of the old
 * one in a single assignment (law 2); what does not parse never does. Throws the Fault of `readRouteTable` when
 * there is no valid route table to begin with.
 */
export async function openRouteTable(
  path: string,
  listener: RouteTableListener,
  primary?: OpenedByPrimary,
): Promise<RouteTableSource> {
  const file = resolve(path)
  const adapt = primary === undefined ? (table: RouteTable) => table : primary.adapt
  const first = primary === undefined ? await readRouteTable(file) : parseLive(primary.text, file)
  let text = first.text
  let live = adapt(first.table)
  const told = new Map<string, ToldOwner>()
  let disagreements: ReadonlyMap<string, string> = new Map()
  let refused: readonly string[] = []
  let reading: Promise<unknown> = Promise.resolve()

  const refuse = (code: ReloadRefused['code'], problems: readonly string[]): Reloaded => {
    if (code === 'route-table-invalid') {
      if (problems.join('\n') !== refused.join('\n')) listener.refused(problems)
      refused = problems
    }
    return { ok: false, code, problems, revision: live.revision }
  }
  const goLive = (next: string): readonly string[] => {
    const owned = parseOwned(next, file, told)
    if (!owned.ok) return owned.problems.map(formatProblem)
    const before = live
    text = next
    live = adapt(owned.table)
    disagreements = owned.disagreements
    for (const [capability, why] of disagreements) listener.disagrees(capability, why)
    listener.swapped(live, before)
    return []
  }
  const readOnce = async (wanted: string | undefined): Promise<Reloaded> => {
    const read = await readRouteTableText(file).catch((error: unknown) => ({ unread: messageOf(error) }))
    if (typeof read !== 'string') return refuse('route-table-invalid', [read.unread])
    const revision = revisionOf(read)
    if (wanted !== undefined && revision !== wanted) {
      return refuse('revision-differs', [`the file holds revision ${revision}, not ${wanted}`])
    }
    const problems = revision === live.revision ? [] : goLive(read)
    if (problems.length > 0) return refuse('route-table-invalid', problems)
    refused = []
    return { ok: true, revision: live.revision }
  }
  // One after the other: a slow read of an old content must not end after a newer one.
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = reading.then(work)
    reading = next.catch(() => undefined)
    return next
  }
  const reload = (wanted?: string) => inTurn(() => readOnce(wanted))
  const isNewer = ({ capability, epoch }: OwnerRequest) => epoch >= (told.get(capability)?.epoch ?? 0)
  const moveTo = async (request: OwnerRequest): Promise<OwnerAnswer> => {
    const { capability, owner, epoch } = request
    if (isNewer(request)) told.set(capability, { owner, epoch })
    const written = await writeOwner(file, request).catch((error: unknown) => ({ trouble: messageOf(error) }))
    await readOnce(undefined)
    // The file could not be written or read: the last good text, with the owner in it.
    if (live.capabilities.get(capability)?.owner !== told.get(capability)?.owner) goLive(text)
    if ('trouble' in written) {
      const trouble = `${disagreements.get(capability) ?? `owner: ${owner} is not written`}: ${written.trouble}`
      listener.disagrees(capability, trouble)
      return { revision: live.revision, edited: false, trouble }
    }
    return { revision: live.revision, edited: written.edited }
  }
  const watcher = primary === undefined ? await watchFile(file, () => void reload().catch(() => undefined)) : undefined
  return {
    current: () => live,
    refused: () => refused,
    reload,
    moveOwner: (request) => inTurn(() => moveTo(request)),
    tellOwner: (request) => {
      if (!isNewer(request)) return
      told.set(request.capability, { owner: request.owner, epoch: request.epoch })
      if (live.capabilities.get(request.capability)?.owner !== request.owner) goLive(text)
    },
    disagreements: () => disagreements,
    close: async () => {
      await watcher?.close()
      await reading
    },
  }
}

/** What is live in the other workers, and so valid. */
function parseLive(text: string, file: string): { readonly text: string; readonly table: RouteTable } {
  const parsed = parseRouteTable(text, file)
  if (!parsed.ok) throw new Fault('route-table-invalid', parsed.problems.map(formatProblem).join('\n'))
  return { text, table: parsed.table }
}
