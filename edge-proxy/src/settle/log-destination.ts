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
  let pending = ''
  let lost = 0
  let unwritten: Buffer | undefined
  let isWriting = false
  let isGone = false
  let timer: NodeJS.Timeout | undefined
  const written = (error: Error | null, bytes: number) => {
    isWriting = false
    if (unwritten !== undefined) unwritten = bytes === unwritten.length ? undefined : unwritten.subarray(bytes)
    if (error !== null && systemCodeOf(error) === 'EPIPE') gone()
    else if (error !== null) later()
    else if (unwritten !== undefined || pending.length >= minWriteLength) start()
    else if (pending !== '') later()
  }
  /** Nobody will ever read what a pipe is given whose other end is closed. */
  const gone = () => {
    isGone = true
    lost += linesIn(unwritten?.toString('latin1') ?? '') + linesIn(pending)
    unwritten = undefined
    pending = ''
  }
  const start = () => {
    clearTimeout(timer)
    timer = undefined
    if (isWriting) return
    if (unwritten === undefined) {
      unwritten = Buffer.from(pending)
      pending = ''
    }
    isWriting = unwritten.length > 0
    if (isWriting) write(fd, unwritten, 0, unwritten.length, null, written)
    else unwritten = undefined
  }
  const later = () => {
    timer ??= setTimeout(start, writeEveryMs).unref()
  }
  return {
    write: (line) => {
      if (isGone || pending.length + (unwritten?.length ?? 0) + line.length > maxUnwrittenLength) {
        lost += 1
        return
      }
      pending += line
      if (isWriting) return
      if (pending.length >= minWriteLength && unwritten === undefined) start()
      else later()
    },
    lost: () => lost,
    flush: () => flushed(start, () => pending === '' && unwritten === undefined),
  }
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}

async function flushed(start: () => void, isEmpty: () => boolean): Promise<void> {
  const end = performance.now() + flushBoundMs
  while (!isEmpty() && performance.now() < end) {
    start()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
