import { resolve } from 'node:path'
import { Fault, messageOf } from '@banyan/toolkit/base'
import {
  formatProblem,
  parseRouteTable,
  type RouteTable,
  readRouteTable,
  readRouteTableText,
  revisionOf,
} from '@banyan/toolkit/routing'
import type { OwnerAnswer, OwnerRequest, ReloadAnswer, ReloadRefused } from '../admin/admin-api.ts'
import { buildInTurn } from '../workers/in-turn.ts'
import { buildRouteTableReader, type RouteTableReader } from './route-table-reader.ts'
import { type ToldOwner, withToldOwners } from './told-owners.ts'
import { watchFile } from './watch-file.ts'

/**
 * While an edge starts, nobody waits for it: what is not larger is read without a thread then, whose memory would stay with the
 * process for a while. About six hundred routes.
 */
const maxAtStartBytes = 64 * 1024

/** What a log says to who asks for a reload while the file is as bad as before. */
export const stillRefused = 'route table still refused; the last good one stays live'

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
 * one in a single assignment (law 2); what does not parse never does. Requests do not wait while a large one is read.
 * Throws the Fault of `readRouteTable` when there is no valid route table to begin with.
 */
export async function openRouteTable(
  path: string,
  listener: RouteTableListener,
  primary?: OpenedByPrimary,
): Promise<RouteTableSource> {
  const reader = buildRouteTableReader()
  try {
    return await openWith(reader, { file: resolve(path), listener, primary })
  } catch (error) {
    reader.close()
    throw error
  }
}

interface Opening {
  readonly file: string
  readonly listener: RouteTableListener
  readonly primary: OpenedByPrimary | undefined
}

async function openWith(reader: RouteTableReader, { file, listener, primary }: Opening): Promise<RouteTableSource> {
  const adapt = primary === undefined ? (table: RouteTable) => table : primary.adapt
  /** As its file has it; what is live has the owners that the edge was told. */
  let written = await firstOf(primary?.text, file, reader)
  let live = adapt(written)
  const told = new Map<string, ToldOwner>()
  let disagreements: ReadonlyMap<string, string> = new Map()
  let refused: readonly string[] = []

  const refuse = (code: ReloadRefused['code'], problems: readonly string[]): Reloaded => {
    if (code === 'route-table-invalid') {
      if (problems.join('\n') !== refused.join('\n')) {
        refused = problems
        listener.refused(problems)
      }
    }
    return { ok: false, code, problems, revision: live.revision }
  }
  const goLive = (next: RouteTable) => {
    const owned = withToldOwners(next, told)
    const before = live
    written = next
    live = adapt(owned.table)
    disagreements = owned.disagreements
    for (const [capability, why] of disagreements) listener.disagrees(capability, why)
    listener.swapped(live, before)
  }
  const readOnce = async (wanted: string | undefined): Promise<Reloaded> => {
    const text = await readRouteTableText(file).catch((error: unknown) => ({ unread: messageOf(error) }))
    if (typeof text !== 'string') return refuse('route-table-invalid', [text.unread])
    const revision = revisionOf(text)
    if (wanted !== undefined && revision !== wanted) {
      return refuse('revision-differs', [`the file holds revision ${revision}, not ${wanted}`])
    }
    if (revision !== live.revision) {
      const parsed = await reader.parse(text, file).catch((error: unknown) => ({ unread: messageOf(error) }))
      if ('unread' in parsed) return refuse('route-table-invalid', [parsed.unread])
      if (!parsed.ok) return refuse('route-table-invalid', parsed.problems.map(formatProblem))
      goLive(parsed.table)
    }
    refused = []
    return { ok: true, revision: live.revision }
  }
  // One after the other: a slow read of an old content must not end after a newer one.
  const inTurn = buildInTurn()
  let waiting: Promise<Reloaded> | undefined
  const takeUp = () => {
    waiting = undefined
    return readOnce(undefined)
  }
  const reload = (wanted?: string): Promise<Reloaded> => {
    if (wanted !== undefined) return inTurn(() => readOnce(wanted))
    // Who asks while a reload waits for its turn gets what that one will find: a file may change faster than it is read.
    const whatComes = waiting ?? inTurn(takeUp)
    waiting = whatComes
    return whatComes
  }
  const isNewer = ({ capability, epoch }: OwnerRequest) => epoch >= (told.get(capability)?.epoch ?? 0)
  const isLive = ({ capability }: OwnerRequest) =>
    live.capabilities.get(capability)?.owner === told.get(capability)?.owner
  const moveTo = async (request: OwnerRequest): Promise<OwnerAnswer> => {
    const { capability, owner, epoch } = request
    if (isNewer(request)) told.set(capability, { owner, epoch })
    const moved = await reader.writeOwner(file, request).catch((error: unknown) => ({ trouble: messageOf(error) }))
    if ('trouble' in moved) {
      await readOnce(undefined)
      // The file could not be written or read: the last good content, with the owner in it.
      if (!isLive(request)) goLive(written)
      const trouble = `${disagreements.get(capability) ?? `owner: ${owner} is not written`}: ${moved.trouble}`
      listener.disagrees(capability, trouble)
      return { revision: live.revision, edited: false, trouble }
    }
    if (moved.table.revision !== live.revision || !isLive(request)) goLive(moved.table)
    refused = []
    return { revision: live.revision, edited: moved.edited }
  }
  const watcher = primary === undefined ? await watchFile(file, () => void reload().catch(() => undefined)) : undefined
  // What changed between the first reading and the watch nobody has seen.
  if (watcher !== undefined) await reload()
  return {
    current: () => live,
    refused: () => refused,
    reload,
    moveOwner: (request) => inTurn(() => moveTo(request)),
    tellOwner: (request) => {
      if (!isNewer(request)) return
      told.set(request.capability, { owner: request.owner, epoch: request.epoch })
      if (live.capabilities.has(request.capability) && !isLive(request)) goLive(written)
    },
    disagreements: () => disagreements,
    close: async () => {
      await watcher?.close()
      reader.close()
      await inTurn(async () => undefined)
    },
  }
}

/** What the file holds; or, in a worker, what is live in the others, and so valid. */
async function firstOf(text: string | undefined, file: string, reader: RouteTableReader): Promise<RouteTable> {
  const parse = (content: string, path: string) =>
    content.length <= maxAtStartBytes ? parseRouteTable(content, path) : reader.parse(content, path)
  if (text === undefined) return (await readRouteTable(file, parse)).table
  const parsed = await parse(text, file)
  if (!parsed.ok) throw new Fault('route-table-invalid', parsed.problems.map(formatProblem).join('\n'))
  return parsed.table
}
