import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A temporary file that nobody else can read, and that is gone when the process is. */
export interface Scratch {
  /** Where it was written; undefined when the bound is reached or the disk is full. */
  append(bytes: Buffer): number | undefined
  read(at: number, length: number): Buffer
  /** The share of the bound that is used, 0 to 1. */
  used(): number
  close(): void
}

/** Opens the file when it is first needed; holds at most `maxBytes`. */
export function openScratch(folder: string | undefined, maxBytes: number): Scratch {
  let file: number | undefined
  let end = 0
  return {
    append(bytes) {
      if (end + bytes.length > maxBytes) return undefined
      try {
        file ??= openUnseen(folder ?? tmpdir())
        writeAll(file, bytes, end)
      } catch {
        // A full disk or a folder that is gone costs samples, never the comparison; who asked says how much is missing.
        return undefined
      }
      end += bytes.length
      return end - bytes.length
    },
    read(at, length) {
      const bytes = Buffer.alloc(length)
      if (file !== undefined) readSync(file, bytes, 0, length, at)
      return bytes
    },
    used: () => end / maxBytes,
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

/** Its name is taken away at once: what was open is then removed by the system, also after a kill -9. */
function openUnseen(folder: string): number {
  const name = path.join(folder, `banyan-comparison-${randomUUID()}`)
  const file = openSync(name, 'wx+', 0o600)
  unlinkSync(name)
  return file
}

function writeAll(file: number, bytes: Buffer, at: number): void {
  let written = 0
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, at + written)
}
