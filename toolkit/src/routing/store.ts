import { constants } from 'node:fs'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exitCodes, Fault, messageOf, systemCodeOf, withFileLock } from '../base/index.ts'
import { formatProblem } from './config-problem.ts'
import { type ParsedRouteTable, parseRouteTable } from './parse.ts'
import { revisionOf } from './revision.ts'
import type { RouteTable } from './route.ts'
import { maxFileBytes } from './yaml-source.ts'

const keepsServing = 'an edge that runs keeps its last good route table until this is mended'

const lock = { waitMs: 3000, code: 'route-table-locked' }

/**
 * Reads a route table from a file. Throws `route-table-missing`, `route-table-unreadable` or `route-table-invalid`
 * (exit 4); the last one's message holds every problem, one a line. `parse` does what `parseRouteTable` does, perhaps elsewhere.
 */
export async function readRouteTable(
  file: string,
  parse: (text: string, file: string) => ParsedRouteTable | Promise<ParsedRouteTable> = parseRouteTable,
): Promise<{ readonly text: string; readonly table: RouteTable }> {
  const text = await readRouteTableText(file)
  const parsed = await parse(text, file)
  if (parsed.ok) return { text, table: parsed.table }
  const count = parsed.problems.length === 1 ? '1 problem' : `${parsed.problems.length} problems`
  throw new Fault('route-table-invalid', `${file}: ${count}\n${parsed.problems.map(formatProblem).join('\n')}`, {
    hint: keepsServing,
    exitCode: exitCodes.invalidConfig,
  })
}

/**
 * Reads a route table's bytes and checks nothing in them: at most 4 MiB, for a larger file is refused before it is read.
 * Throws `route-table-missing`, `route-table-unreadable` or `route-table-invalid` (exit 4).
 */
export async function readRouteTableText(file: string): Promise<string> {
  const { size } = await stat(file).catch((error: unknown) => Promise.reject(unreadable(file, error)))
  if (size > maxFileBytes) throw tooLarge(file, size)
  const bytes = await readFile(file).catch((error: unknown) => Promise.reject(unreadable(file, error)))
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/**
 * Replaces a route table's file if its content still has `expectedRevision`: whole or not at all, also when the
 * machine stops midway (temporary file in the same folder, fsync, rename). Mode and symbolic link are kept. Writers
 * take turns by a lock file beside it. Throws `route-table-changed` (exit 6) when the content is another one by now,
 * `route-table-locked` (exit 6) when another writer keeps the lock for three seconds, `route-table-unwritable` when the
 * disk does not allow it. `text` is not checked.
 */
export async function writeRouteTable(file: string, text: string, expectedRevision: string): Promise<void> {
  const target = await realpath(file).catch((error: unknown) => Promise.reject(unreadable(file, error)))
  await withFileLock(`${target}.lock`, lock, async () => {
    const revision = revisionOf(await readRouteTableText(target))
    if (revision !== expectedRevision) throw changed(file, expectedRevision, revision)
    await replaceFile(target, text)
  }).catch((error: unknown) => Promise.reject(unwritable(file, error)))
}

async function replaceFile(target: string, text: string): Promise<void> {
  const { mode, uid, gid } = await stat(target)
  const temporary = `${target}.${process.pid}.${Date.now()}.tmp`
  try {
    const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      await handle.writeFile(text, 'utf8')
      // Only root can leave another's file to its owner; anybody else replaces it by a file of their own.
      await handle.chown(uid, gid).catch(() => undefined)
      await handle.chmod(mode & 0o7777)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(target))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function tooLarge(file: string, bytes: number): Fault {
  return new Fault('route-table-invalid', `${file} has ${bytes} bytes. Allowed are ${maxFileBytes} (4 MiB).`, {
    exitCode: exitCodes.invalidConfig,
  })
}

function unwritable(file: string, cause: unknown): unknown {
  if (cause instanceof Fault) return cause
  return new Fault('route-table-unwritable', `${file} cannot be written: ${messageOf(cause)}`, {
    hint: 'nothing was changed',
    cause,
  })
}

function unreadable(file: string, cause: unknown): Fault {
  if (systemCodeOf(cause) === 'ENOENT') {
    return new Fault('route-table-missing', `there is no file ${file}`, {
      hint: 'name one with --routes FILE, or make one with: banyan init --legacy URL',
      exitCode: exitCodes.invalidConfig,
      cause,
    })
  }
  return new Fault('route-table-unreadable', `${file} cannot be read: ${messageOf(cause)}`, {
    exitCode: exitCodes.invalidConfig,
    cause,
  })
}

function changed(file: string, expected: string, found: string): Fault {
  return new Fault('route-table-changed', `${file} changed meanwhile: revision ${found} instead of ${expected}`, {
    hint: 'nothing was written. Look at the file and try again.',
    exitCode: exitCodes.refused,
  })
}
