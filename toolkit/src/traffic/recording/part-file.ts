import { type FileHandle, open, stat } from 'node:fs/promises'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import { buildGzipEncoder, type LineEncoder, plainEncoder } from './line-encoder.ts'

/** How a file of a recording is made. */
export interface PartFileOptions {
  readonly gzip: boolean
  /** Whether an existing file is replaced. */
  readonly overwrite: boolean
}

/** What became of lines that were to be stored. */
export interface Appended {
  readonly stored: number
  /** What the system threw when not all were. */
  readonly failure: { readonly thrown: unknown } | undefined
}

/** One file of a recording, open for appending. */
export interface PartFile {
  /** After a failed write the file ends with a line that is whole. */
  append(lines: readonly Buffer[]): Promise<Appended>
  /** How long the file is. */
  bytes(): number
  /** Ends the file; with `sync` it has reached the disk then. Throws what the system throws. */
  close(sync: boolean): Promise<void>
}

/**
 * Creates a file that only its owner may read (0600). Throws `recording-exists` (exit 6) and `recording-unwritable`.
 */
export async function createPartFile(path: string, options: PartFileOptions): Promise<PartFile> {
  const file = await create(path, options.overwrite)
  return buildPartFile(file, options.gzip ? buildGzipEncoder() : plainEncoder)
}

function buildPartFile(file: FileHandle, encoder: LineEncoder): PartFile {
  let offset = 0
  return {
    append: async (lines) => {
      const before = offset
      try {
        await writeAll(file, await encoder.encode(Buffer.concat(lines)), (bytes) => {
          offset += bytes
        })
        return { stored: lines.length, failure: undefined }
      } catch (thrown) {
        const whole = encoder === plainEncoder ? wholeLines(lines, offset - before) : { lines: 0, bytes: 0 }
        offset = before + whole.bytes
        // A reader copes with a cut line too, and a device cannot be truncated: the first failure is the one to report.
        await file.truncate(offset).catch(() => undefined)
        return { stored: whole.lines, failure: { thrown } }
      }
    },
    bytes: () => offset,
    close: async (sync) => {
      try {
        await writeAll(file, await encoder.end(), (bytes) => {
          offset += bytes
        })
        if (sync) await file.sync()
      } finally {
        await file.close()
      }
    },
  }
}

async function create(path: string, overwrite: boolean): Promise<FileHandle> {
  try {
    // A device is no file that could be lost.
    const isDevice = (await stat(path).catch(() => undefined))?.isCharacterDevice() === true
    const file = await open(path, overwrite || isDevice ? 'w' : 'wx', 0o600)
    // An overwritten file keeps its mode, a device its own.
    if (!isDevice) await file.chmod(0o600)
    return file
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EEXIST') {
      throw new Fault('recording-unwritable', `cannot create the recording ${path}: ${messageOf(thrown)}`, {
        cause: thrown,
      })
    }
    throw new Fault('recording-exists', `${path} exists already`, {
      hint: 'choose another file, or replace it: --force',
      exitCode: exitCodes.refused,
    })
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, written: (bytes: number) => void): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done)
    done += bytesWritten
    written(bytesWritten)
  }
}

function wholeLines(lines: readonly Buffer[], written: number): { readonly lines: number; readonly bytes: number } {
  let count = 0
  let bytes = 0
  for (const line of lines) {
    if (bytes + line.length > written) break
    bytes += line.length
    count += 1
  }
  return { lines: count, bytes }
}
