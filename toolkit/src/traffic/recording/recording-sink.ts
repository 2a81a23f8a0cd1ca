import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import type { Exchange, RecordingHeader } from '../exchange.ts'
import { createPartFile, type PartFile } from './part-file.ts'
import { partPath } from './part-path.ts'

/** How a recording is written. */
export interface RecordingOptions {
  /** What may wait in memory to be written. Default 8 MiB. */
  readonly maxQueuedBytes?: number
  /** Whether an existing file is replaced. Default false: it is refused. */
  readonly overwrite?: boolean
  /** Default: when the file's name ends in `.gz`. */
  readonly gzip?: boolean
  /** A part that has grown to so many bytes on disk is closed and the next one begun. Default: one file, however large. */
  readonly partBytes?: number
  /** Told of each part when it has been closed: for those who keep no more than so much. */
  readonly onPart?: (path: string) => Promise<void>
  /** Told at once what ends the recording: for those who only offer. */
  readonly onFault?: (fault: Fault) => void
}

/** What a recording holds when it is closed. */
export interface RecordingSummary {
  readonly exchanges: number
  /** Offered exchanges that found no room. */
  readonly dropped: number
  /** Its files, in order. */
  readonly parts: number
}

/** A recording that is being written. */
export interface RecordingSink {
  /** Queues an exchange; resolves when there is room for more. Rejects with the fault that ended the recording. */
  write(exchange: Exchange): Promise<void>
  /** Queues an exchange if there is room and says whether it did: for those who must not wait. */
  offer(exchange: Exchange): boolean
  /** As `write`, for an exchange that is a line already, with its line break. */
  writeLine(line: Buffer): Promise<void>
  /** As `offer`, for an exchange that is a line already, with its line break. */
  offerLine(line: Buffer): boolean
  /**
   * Writes what is queued and a last line that says how many there are and how many were left out, `droppedBefore` reaching
   * this sink included (default 0); syncs and closes. Throws the fault that ended the recording.
   */
  close(droppedBefore?: number): Promise<RecordingSummary>
}

/**
 * Creates a recording: NDJSON, gzip if asked for, the header as first line, one exchange a line; readable by its owner only
 * (0600). Throws `recording-exists` (exit 6), `recording-unwritable`, or, also later, `recording-disk-full`, which names the
 * file and how many exchanges are stored; a line that was cut by the full disk is taken off again.
 */
export async function writeRecording(
  path: string,
  header: RecordingHeader,
  options: RecordingOptions = {},
): Promise<RecordingSink> {
  if (options.partBytes !== undefined && options.overwrite !== true) await requireNoParts(path)
  const writer = new RecordingWriter(path, header, options)
  await writer.openPart()
  return writer
}

/** A class, for it holds a file open and must be closed. */
class RecordingWriter implements RecordingSink {
  readonly #path: string
  readonly #header: RecordingHeader
  readonly #options: RecordingOptions
  readonly #maxQueuedBytes: number
  #file: PartFile | undefined
  #part = 0
  #queue: Buffer[] = []
  #queuedBytes = 0
  #writing: Promise<void> | undefined
  #fault: Fault | undefined
  #stored = 0
  #dropped = 0

  constructor(path: string, header: RecordingHeader, options: RecordingOptions) {
    this.#path = path
    this.#options = options
    this.#maxQueuedBytes = options.maxQueuedBytes ?? 8 * 1024 * 1024
    this.#header = options.partBytes === undefined ? header : { recording: randomBytes(6).toString('hex'), ...header }
  }

  async openPart(): Promise<void> {
    this.#part += 1
    const { partBytes, overwrite = false, gzip = this.#path.endsWith('.gz') } = this.#options
    const file = await createPartFile(partPath(this.#path, this.#part), { gzip, overwrite })
    const header = partBytes === undefined ? this.#header : { ...this.#header, part: this.#part }
    this.#file = file
    await this.#appendLine(header)
    if (this.#fault === undefined) return
    await this.#closeFile(false)
    throw this.#fault
  }

  write(exchange: Exchange): Promise<void> {
    return this.writeLine(lineOf(exchange))
  }

  offer(exchange: Exchange): boolean {
    return this.offerLine(lineOf(exchange))
  }

  async writeLine(line: Buffer): Promise<void> {
    this.#enqueue(line)
    while (this.#queuedBytes > this.#maxQueuedBytes && this.#writing !== undefined) await this.#writing
    if (this.#fault !== undefined) throw this.#fault
  }

  offerLine(line: Buffer): boolean {
    if (this.#fault !== undefined || this.#queuedBytes + line.length > this.#maxQueuedBytes) {
      this.#dropped += 1
      return false
    }
    this.#enqueue(line)
    return true
  }

  async close(droppedBefore = 0): Promise<RecordingSummary> {
    while (this.#writing !== undefined) await this.#writing
    const { exchanges, dropped } = { exchanges: this.#stored, dropped: this.#dropped + droppedBefore }
    if (this.#fault === undefined) await this.#appendLine({ end: true, exchanges, dropped })
    await this.#closeFile(this.#fault === undefined)
    if (this.#fault !== undefined) throw this.#fault
    return { exchanges, dropped, parts: this.#part }
  }

  #enqueue(line: Buffer): void {
    if (this.#fault !== undefined) return
    this.#queue.push(line)
    this.#queuedBytes += line.length
    this.#writing ??= this.#drain()
  }

  /** Takes all that is queued each time, so that a slow disk gets few, large writes; but not past the end of a part. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && this.#fault === undefined) {
      const lines = this.#takeBatch()
      await this.#append(lines)
      for (const line of lines) this.#queuedBytes -= line.length
    }
    this.#writing = undefined
  }

  #takeBatch(): readonly Buffer[] {
    const room = (this.#options.partBytes ?? Number.POSITIVE_INFINITY) - (this.#file?.bytes() ?? 0)
    let bytes = 0
    const count = this.#queue.findIndex((line) => {
      bytes += line.length
      return bytes >= room
    })
    return this.#queue.splice(0, count < 0 ? this.#queue.length : count + 1)
  }

  async #append(lines: readonly Buffer[]): Promise<void> {
    const { file, full } = { file: this.#file, full: this.#options.partBytes ?? Number.POSITIVE_INFINITY }
    if (file === undefined) return
    const { stored, failure } = await file.append(lines)
    this.#stored += stored
    if (failure !== undefined) return this.#fail(failure.thrown)
    if (file.bytes() < full) return
    await this.#closeFile(true)
    await this.#options.onPart?.(partPath(this.#path, this.#part)).catch((thrown) => this.#fail(thrown))
    await this.openPart().catch((thrown) => this.#fail(thrown))
  }

  /** What frames the exchanges, and is none. */
  async #appendLine(value: object): Promise<void> {
    const appended = await this.#file?.append([Buffer.from(`${JSON.stringify(value)}\n`)])
    if (appended?.failure !== undefined) this.#fail(appended.failure.thrown)
  }

  async #closeFile(sync: boolean): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close(sync).catch((thrown) => this.#fail(thrown))
  }

  #fail(thrown: unknown): void {
    this.#queue = []
    this.#queuedBytes = 0
    if (this.#fault !== undefined) return
    this.#fault = endedBy(thrown, this.#path, this.#stored)
    this.#options.onFault?.(this.#fault)
  }
}

function endedBy(thrown: unknown, path: string, stored: number): Fault {
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCodeOf(thrown) ?? '')
  const why = full ? 'the disk is full' : messageOf(thrown)
  return new Fault(
    full ? 'recording-disk-full' : 'recording-unwritable',
    `the recording ${path} ended: ${why}. ${stored} exchanges are stored in it`,
    { hint: 'make room, then record into another file; what is stored can be replayed', cause: thrown },
  )
}

/** A second part of an earlier recording would otherwise stop this one in the middle. */
async function requireNoParts(path: string): Promise<void> {
  const second = partPath(path, 2)
  if ((await stat(second).catch(() => undefined)) === undefined) return
  throw new Fault('recording-exists', `${second} exists already`, {
    hint: 'choose another file, or replace it: --force',
    exitCode: exitCodes.refused,
  })
}

function lineOf(exchange: Exchange): Buffer {
  return Buffer.from(`${JSON.stringify(exchange)}\n`)
}
