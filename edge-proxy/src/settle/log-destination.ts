import { write } from 'node:fs'
import { systemCodeOf } from '@banyan/toolkit/base'
import type { LogDestination } from './access-log.ts'

/**
 * Lines are put together in pieces of memory of this size, as bytes: a string that grows keeps every line alive, and costs
 * several times as much. A piece is written when it is full, or after half a second: each write wakes a thread.
 */
const pieceBytes = 256 * 1024
const writeEveryMs = 500
/** More than that is not kept for a disk that is full or a reader that is slow: new lines are lost, and counted (law 9). */
const maxUnwrittenBytes = 16 * 1024 * 1024
/** How long an end waits for what is still unwritten, in ms. */
const flushBoundMs = 1000

/** Log lines on their way to a file descriptor. */
export interface OpenLogDestination extends LogDestination {
  lost(): number
  /** Resolves when all is written, or after a second: who reads no more must not keep the process. */
  flush(): Promise<void>
}

/**
 * Writes log lines to a file descriptor, such as 1, from another thread: whatever stands behind it, a full disk or a
 * pipe that nobody reads, requests go on. What could not be written is tried again each half second. Unlike pino's own
 * destination it never writes synchronously, which on a full disk goes on for ever, also when the process is to end.
 */
export function openLogDestination(fd: number): OpenLogDestination {
  const log = new LogWriter(fd)
  return { write: (line) => log.write(line), lost: () => log.lost, flush: () => log.flush() }
}

class LogWriter {
  readonly #fd: number
  #piece: Buffer = Buffer.allocUnsafeSlow(pieceBytes)
  /** So much of the piece is filled. */
  #filled = 0
  /** Full pieces, and what a write has left of one; the first is given to the operating system, or to be given again. */
  #unwritten: Buffer[] = []
  #unwrittenBytes = 0
  /** A piece that was written, to be filled again. */
  #spare: Buffer | undefined
  #isWriting = false
  /** The latest write failed: the next one waits. */
  #hasFailed = false
  /** Nobody will ever read what a pipe is given whose other end is closed. */
  #isGone = false
  #timer: NodeJS.Timeout | undefined
  lost = 0

  constructor(fd: number) {
    this.#fd = fd
  }

  write(line: string): void {
    if (this.#isGone || this.#unwrittenBytes + this.#filled + line.length > maxUnwrittenBytes) {
      this.lost += 1
      return
    }
    // A character has three bytes at most.
    const mostBytes = line.length * 3
    if (this.#filled + mostBytes > pieceBytes) this.#putAside()
    if (mostBytes > pieceBytes) this.#queue(Buffer.from(line))
    else this.#filled += this.#piece.write(line, this.#filled)
    if (this.#isWriting) return
    if (this.#unwritten.length > 0 && !this.#hasFailed) this.#start()
    else this.#startLater()
  }

  async flush(): Promise<void> {
    const end = performance.now() + flushBoundMs
    while (this.#filled + this.#unwrittenBytes > 0 && performance.now() < end) {
      this.#start()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  #putAside(): void {
    if (this.#filled === 0) return
    this.#queue(this.#piece.subarray(0, this.#filled))
    this.#piece = this.#spare ?? Buffer.allocUnsafeSlow(pieceBytes)
    this.#spare = undefined
    this.#filled = 0
  }

  #queue(bytes: Buffer): void {
    this.#unwritten.push(bytes)
    this.#unwrittenBytes += bytes.length
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isWriting) return
    if (this.#unwritten.length === 0) this.#putAside()
    const [bytes] = this.#unwritten
    if (bytes === undefined) return
    this.#isWriting = true
    this.#hasFailed = false
    write(this.#fd, bytes, 0, bytes.length, null, (error, count) => this.#written(error, count))
  }

  #startLater(): void {
    this.#timer ??= setTimeout(() => this.#start(), writeEveryMs).unref()
  }

  #written(error: Error | null, count: number): void {
    this.#isWriting = false
    if (error !== null) {
      this.#hasFailed = true
      if (systemCodeOf(error) === 'EPIPE') this.#end()
      else this.#startLater()
      return
    }
    this.#unwrittenBytes -= count
    const [bytes] = this.#unwritten
    if (bytes !== undefined && count < bytes.length) this.#unwritten[0] = bytes.subarray(count)
    else this.#reuse(this.#unwritten.shift())
    if (this.#unwritten.length > 0) this.#start()
    else if (this.#filled > 0) this.#startLater()
  }

  #reuse(written: Buffer | undefined): void {
    if (written?.buffer.byteLength === pieceBytes) this.#spare = Buffer.from(written.buffer)
  }

  #end(): void {
    this.#isGone = true
    this.#putAside()
    for (const bytes of this.#unwritten) this.lost += linesIn(bytes)
    this.#unwritten = []
    this.#unwrittenBytes = 0
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (const byte of bytes) if (byte === 10) lines += 1
  return lines
}
