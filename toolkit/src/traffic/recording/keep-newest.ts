import { readdir, stat, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isRecordingName } from './part-path.ts'

/** What was deleted to make room. */
export interface Deleted {
  readonly files: readonly string[]
  readonly bytes: number
}

/**
 * Deletes the oldest recordings of a folder until the rest is `keepBytes` at most; `inUse`, and what a person put there under
 * another name, stay. A vault goes with the last part of its recording.
 */
export async function keepNewest(folder: string, keepBytes: number, inUse?: string): Promise<Deleted> {
  const files = await recordingsIn(folder)
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const deleted: string[] = []
  const before = total
  for (const { path, bytes } of files) {
    if (total <= keepBytes) break
    if (path === inUse) continue
    await unlink(path)
    deleted.push(path)
    total -= bytes
  }
  if (deleted.length > 0) await deleteLonelyVaults(folder)
  return { files: deleted, bytes: before - total }
}

/** How many bytes of recordings a folder holds; 0 for one that is not there (yet). */
export async function recordedBytes(folder: string): Promise<number> {
  const files = await recordingsIn(folder).catch(() => [])
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

async function recordingsIn(folder: string) {
  const names = (await readdir(folder)).filter(isRecordingName)
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const { size, mtimeMs } = await stat(path)
      return { path, bytes: size, mtimeMs }
    }),
  )
  return files.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1))
}

async function deleteLonelyVaults(folder: string): Promise<void> {
  const names = await readdir(folder)
  for (const vault of names.filter((name) => name.endsWith('.vault'))) {
    const stem = basename(vault, '.vault')
    if (!names.some((name) => isRecordingName(name) && name.startsWith(`${stem}.`))) await unlink(join(folder, vault))
  }
}
