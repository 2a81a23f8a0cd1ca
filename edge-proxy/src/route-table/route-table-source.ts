import { resolve } from 'node:path'
import { messageOf } from '@banyan/toolkit/base'
import {
  formatProblem,
  parseRouteTable,
  type RouteTable,
  readRouteTable,
  readRouteTableText,
  revisionOf,
} from '@banyan/toolkit/routing'
import type { ReloadAnswer, ReloadRefused } from '../admin/admin-api.ts'
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
  close(): Promise<void>
}

/** Told of each swap, and once of each content that is refused. */
export interface RouteTableListener {
  swapped(table: RouteTable, before: RouteTable): void
  refused(problems: readonly string[]): void
}

/**
 * Reads a route table and follows its file. A new content is parsed whole and then takes the place of the old
 * one in a single assignment (law 2); what does not parse never does. Throws the Fault of `readRouteTable` when
 * there is no valid route table to begin with.
 */
export async function openRouteTable(path: string, listener: RouteTableListener): Promise<RouteTableSource> {
  const file = resolve(path)
  let live = (await readRouteTable(file)).table
  let refused: readonly string[] = []
  let reading: Promise<unknown> = Promise.resolve()

  const refuse = (code: ReloadRefused['code'], problems: readonly string[]): Reloaded => {
    if (code === 'route-table-invalid') {
      if (problems.join('\n') !== refused.join('\n')) listener.refused(problems)
      refused = problems
    }
    return { ok: false, code, problems, revision: live.revision }
  }
  const readOnce = async (wanted: string | undefined): Promise<Reloaded> => {
    const text = await readRouteTableText(file).catch((error: unknown) => ({ unread: messageOf(error) }))
    if (typeof text !== 'string') return refuse('route-table-invalid', [text.unread])
    const revision = revisionOf(text)
    if (wanted !== undefined && revision !== wanted) {
      return refuse('revision-differs', [`the file holds revision ${revision}, not ${wanted}`])
    }
    if (revision === live.revision) refused = []
    else {
      const parsed = parseRouteTable(text, file)
      if (!parsed.ok) return refuse('route-table-invalid', parsed.problems.map(formatProblem))
      const before = live
      live = parsed.table
      refused = []
      listener.swapped(live, before)
    }
    return { ok: true, revision: live.revision }
  }
  // One after the other: a slow read of an old content must not end after a newer one.
  const reload = (wanted?: string) => {
    const next = reading.then(() => readOnce(wanted))
    reading = next.catch(() => undefined)
    return next
  }
  const watcher = await watchFile(file, () => void reload().catch(() => undefined))
  return {
    current: () => live,
    refused: () => refused,
    reload,
    close: async () => {
      await watcher.close()
      await reading
    },
  }
}
