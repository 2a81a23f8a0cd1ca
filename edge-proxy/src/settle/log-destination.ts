import { write } from 'node:fs'
import { systemCodeOf } from '@banyan/toolkit/base'
import type { LogDestination } from './access-log.ts'

/** Written when so much is there, or after half a second: each write wakes a thread, which costs more than the writing. */
const minWriteLength = 64_000
const writeEveryMs = 500
/** More than that is not kept for a disk that is full or a reader that is slow: new lines are lost, and counted (law 9). */
const maxUnwrittenLength = 16 * 1024 * 1024
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
  #pending = ''
  /** Given to the operating system, or to be given again. */
  #unwritten: Buffer | undefined
  #isWriting = false
  /** Nobody will ever read what a pipe is given whose other end is closed. */
  #isGone = false
  #timer: NodeJS.Timeout | undefined
  lost = 0

  constructor(fd: number) {
    this.#fd = fd
  }

  write(line: string): void {
    const waiting = this.#pending.length + (this.#unwritten?.length ?? 0)
    if (this.#isGone || waiting + line.length > maxUnwrittenLength) {
      this.lost += 1
      return
    }
    this.#pending += line
    if (this.#isWriting) return
    if (this.#pending.length >= minWriteLength && this.#unwritten === undefined) this.#start()
    else this.#startLater()
  }

  async flush(): Promise<void> {
    const end = performance.now() + flushBoundMs
    while ((this.#pending !== '' || this.#unwritten !== undefined) && performance.now() < end) {
      this.#start()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isWriting) return
    if (this.#unwritten === undefined && this.#pending !== '') {
      this.#unwritten = Buffer.from(this.#pending)
      this.#pending = ''
    }
    if (this.#unwritten === undefined) return
    this.#isWriting = true
    write(this.#fd, this.#unwritten, 0, this.#unwritten.length, null, (error, bytes) => this.#written(error, bytes))
  }

  #startLater(): void {
    this.#timer ??= setTimeout(() => this.#start(), writeEveryMs).unref()
  }

  #written(error: Error | null, bytes: number): void {
    this.#isWriting = false
    if (error !== null) {
      if (systemCodeOf(error) === 'EPIPE') this.#end()
      else this.#startLater()
      return
    }
    const rest = this.#unwritten?.subarray(bytes)
    this.#unwritten = rest === undefined || rest.length === 0 ? undefined : rest
    if (this.#unwritten !== undefined || this.#pending.length >= minWriteLength) this.#start()
    else if (this.#pending !== '') this.#startLater()
  }

  #end(): void {
    this.#isGone = true
    this.lost += linesIn(this.#unwritten?.toString('latin1') ?? '') + linesIn(this.#pending)
    this.#unwritten = undefined
    this.#pending = ''
  }
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}
