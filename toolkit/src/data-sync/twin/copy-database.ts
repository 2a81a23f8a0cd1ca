import { join } from 'node:path'
import { exitCodes, Fault } from '../../base/index.ts'
import { claimPostgres, copyPostgres, dropPostgres, withDatabase } from '../dialects/postgres/copy.ts'
import { claimSqlite, copySqlite, removeFiles } from '../dialects/sqlite/copy.ts'

/** A throw-away copy of a database. */
export interface CopiedDatabase {
  /** As an application is given it: the path of an SQLite file, or `postgres://...`. Holds a password where the source's URL did. */
  readonly url: string
  /** For messages, without secrets. */
  readonly label: string
  /** Removes the copy, whoever is connected to it. Idempotent. */
  remove(): Promise<void>
}

/** Where a copy goes, and what it is called. */
export interface CopyOptions {
  /** Begins with `banyan_twin_`: by that name nothing but a copy is ever removed. Letters, digits and underscores. */
  readonly name: string
  /** Where the copy of an SQLite file goes; it must exist. */
  readonly folder: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Copies a whole database as it is at one instant: an SQLite file by its online backup, which waits for nobody and lets everybody write; a PostgreSQL
 * database by `CREATE DATABASE ... TEMPLATE` on the same server, which nobody else may be connected to meanwhile.
 *
 * Throws `twin-source-busy` with who is connected, `twin-create-denied`, and what `openSyncDatabase` throws.
 */
export async function copyDatabase(url: string, options: CopyOptions): Promise<CopiedDatabase> {
  assertTwinName(options.name)
  return isPostgres(url) ? await copyPostgres(url, options) : await copySqlite(pathOf(url), options)
}

/** The URL that the copy of a database will have: to note it before there is anything to remove. */
export function copyUrl(url: string, { name, folder }: Pick<CopyOptions, 'name' | 'folder'>): string {
  return isPostgres(url) ? withDatabase(url, assertTwinName(name)) : join(folder, `${assertTwinName(name)}.sqlite`)
}

/** Removes a copy by its URL, as the next start does with what a killed one left behind. Refuses what is no copy (`twin-not-a-copy`). */
export async function removeCopy(url: string): Promise<void> {
  if (isPostgres(url))
    return await dropPostgres(url, assertTwinName(decodeURIComponent(new URL(url).pathname.slice(1))))
  const path = pathOf(url)
  assertTwinName(fileName(path))
  await removeFiles(path)
}

/**
 * Lifts ownership in a copy: the arm that is started on it owns everything there, so that no fence refuses what it writes. Only ever in a copy
 * (`twin-not-a-copy`).
 */
export async function claimCopy(url: string, arm: 'legacy' | 'service'): Promise<void> {
  if (isPostgres(url)) {
    assertTwinName(decodeURIComponent(new URL(url).pathname.slice(1)))
    return await claimPostgres(url, arm)
  }
  assertTwinName(fileName(pathOf(url)))
  await claimSqlite(pathOf(url), arm)
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//i.test(url)
}

function pathOf(url: string): string {
  return url.replace(/^sqlite:(\/\/(?=\/))?/i, '')
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/\.sqlite$/, '')
}

function assertTwinName(name: string): string {
  if (/^banyan_twin_\w{1,40}$/.test(name)) return name
  throw new Fault('twin-not-a-copy', `"${name}" is not the name of a throw-away copy`, {
    hint: 'copies are called banyan_twin_...; nothing else is ever written to or removed',
    exitCode: exitCodes.refused,
  })
}
