import type { FileHandle } from 'node:fs/promises'
import { open, stat } from 'node:fs/promises'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import type { Exchange, RecordingHeader } from '../exchange.ts'

/** How a recording is written. */
export interface RecordingOptions {
  /** What may wait in memory to be written. Default 8 MiB. */
  readonly maxQueuedBytes?: number
  /** Whether an existing file is replaced. Default false: it is refused. */
  readonly overwrite?: boolean
}

/** What a recording holds when it is closed. */
export interface RecordingSummary {
  readonly exchanges: number
  /** Offered exchanges that found no room. */
  readonly dropped: number
}

/** A recording that is being written. */
export interface RecordingSink {
  /** Queues an exchange; resolves when there is room for more. Rejects with the fault that ended the recording. */
  write(exchange: Exchange): Promise<void>
  /** Queues an exchange if there is room and says whether it did: for those who must not wait. */
  offer(exchange: Exchange): boolean
  /** Writes what is queued, syncs and closes. Throws the fault that ended the recording. */
  close(): Promise<RecordingSummary>
}

/**
 * Creates a recording: NDJSON, the header as first line, one exchange a line; readable by its owner only (0600).
 * Throws `recording-exists` (exit 6), `recording-unwritable`, or, also later, `recording-disk-full`, which names the
 * file and how many exchanges are stored; a line that was cut by the full disk is taken off again.
 */
export async function writeRecording(
  path: string,
  header: RecordingHeader,
  options: RecordingOptions = {},
): Promise<RecordingSink> {
  const file = await create(path, options.overwrite === true)
  const writer = new RecordingWriter(path, file, options.maxQueuedBytes ?? 8 * 1024 * 1024)
  try {
    await writer.start(`${JSON.stringify(header)}\n`)
  } catch (thrown) {
    await file.close()
    throw thrown
  }
  return writer
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

/** A class, for it holds a file open and must be closed. */
class RecordingWriter implements RecordingSink {
  readonly #path: string
  readonly #file: FileHandle
  readonly #maxQueuedBytes: number
  #queue: Buffer[] = []
  #queuedBytes = 0
  #writing: Promise<void> | undefined
  #fault: Fault | undefined
  #offset = 0
  #stored = 0
  #dropped = 0

  constructor(path: string, file: FileHandle, maxQueuedBytes: number) {
    this.#path = path
    this.#file = file
    this.#maxQueuedBytes = maxQueuedBytes
  }

  async start(headerLine: string): Promise<void> {
    await this.#writeLines([Buffer.from(headerLine)])
    this.#stored = 0
    if (this.#fault !== undefined) throw this.#fault
  }

  async write(exchange: Exchange): Promise<void> {
    this.#enqueue(lineOf(exchange))
    while (this.#queuedBytes > this.#maxQueuedBytes && this.#writing !== undefined) await this.#writing
    if (this.#fault !== undefined) throw this.#fault
  }

  offer(exchange: Exchange): boolean {
    const line = lineOf(exchange)
    if (this.#fault !== undefined || this.#queuedBytes + line.length > this.#maxQueuedBytes) {
      this.#dropped += 1
      return false
    }
    this.#enqueue(line)
    return true
  }

  async close(): Promise<RecordingSummary> {
    while (this.#writing !== undefined) await this.#writing
    try {
      if (this.#fault === undefined) await this.#file.sync().catch((thrown) => this.#fail(thrown))
    } finally {
      await this.#file.close()
    }
    if (this.#fault !== undefined) throw this.#fault
    return { exchanges: this.#stored, dropped: this.#dropped }
  }

  #enqueue(line: Buffer): void {
    if (this.#fault !== undefined) return
    this.#queue.push(line)
    this.#queuedBytes += line.length
    this.#writing ??= this.#drain()
  }

  /** Takes all that is queued each time, so that a slow disk gets few, large writes. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && this.#fault === undefined) {
      const lines = this.#queue
      this.#queue = []
      await this.#writeLines(lines)
      for (const line of lines) this.#queuedBytes -= line.length
    }
    this.#writing = undefined
  }

  async #writeLines(lines: readonly Buffer[]): Promise<void> {
    const batch = Buffer.concat(lines)
    let written = 0
    try {
      while (written < batch.length) {
        const { bytesWritten } = await this.#file.write(batch, written, batch.length - written)
        written += bytesWritten
      }
      this.#stored += lines.length
      this.#offset += batch.length
    } catch (thrown) {
      await this.#keepWholeLines(lines, written)
      this.#fail(thrown)
    }
  }

  /** After a failed write the file ends with the last line that is whole. */
  async #keepWholeLines(lines: readonly Buffer[], written: number): Promise<void> {
    let kept = 0
    for (const line of lines) {
      if (kept + line.length > written) break
      kept += line.length
      this.#stored += 1
    }
    this.#offset += kept
    // A reader copes with a cut line too, and a device cannot be truncated: the first failure is the one to report.
    await this.#file.truncate(this.#offset).catch(() => undefined)
  }

  #fail(thrown: unknown): void {
    const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCodeOf(thrown) ?? '')
    const why = full ? 'the disk is full' : messageOf(thrown)
    this.#queue = []
    this.#queuedBytes = 0
    this.#fault = new Fault(
      full ? 'recording-disk-full' : 'recording-unwritable',
      `the recording ${this.#path} ended: ${why}. ${this.#stored} exchanges are stored in it`,
      { hint: 'make room, then record into another file; what is stored can be replayed', cause: thrown },
    )
  }
}

function lineOf(exchange: Exchange): Buffer {
  return Buffer.from(`${JSON.stringify(exchange)}\n`)
}
