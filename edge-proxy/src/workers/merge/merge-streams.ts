import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'

/** A line longer than this is left out: no worker writes one. */
const maxLineBytes = 32 * 1024 * 1024

/** What of the lines of several workers goes into one stream. */
export interface LineMerge {
  /** The line as it goes on, `undefined` when it does not; `last` ends the stream after it. */
  take(line: string): { readonly line: string | undefined; readonly last: boolean }
  /** What the stream ends with, if anything. */
  end(): string | undefined
}

/** One NDJSON stream made of those of several workers, which may come and go. */
export interface MergedStream {
  add(stream: IncomingMessage): void
  /** Ends it with its last line. */
  finish(): void
  readonly over: Promise<void>
}

/**
 * Merges line by line. A reader that is slow stops all workers' streams: each of them counts what it leaves out then. It is over when
 * the reader leaves, or the merge has enough; not when a worker's stream ends, for the next worker's may follow.
 */
export function mergeStreams(sink: Writable, merge: LineMerge): MergedStream {
  return new Merged(sink, merge)
}

class Merged implements MergedStream {
  readonly over: Promise<void>
  readonly #sink: Writable
  readonly #merge: LineMerge
  readonly #streams = new Set<IncomingMessage>()
  #finished = false

  constructor(sink: Writable, merge: LineMerge) {
    this.#sink = sink
    this.#merge = merge
    sink.on('drain', () => {
      for (const stream of this.#streams) stream.resume()
    })
    this.over = new Promise((resolve) => {
      const over = () => {
        this.#finished = true
        this.#leaveAll()
        resolve()
      }
      // Its reader may have left while the workers were asked to begin.
      if (sink.closed) over()
      else sink.once('close', over)
    })
  }

  add(stream: IncomingMessage): void {
    if (this.#finished) {
      stream.destroy()
      return
    }
    this.#streams.add(stream)
    let rest: Buffer = Buffer.alloc(0)
    // A worker that dies ends its stream in the middle of a line at most: that one is left out.
    stream.on('error', () => undefined)
    stream.once('close', () => this.#streams.delete(stream))
    stream.on('data', (chunk: Buffer) => {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = all.lastIndexOf(10)
      rest = all.subarray(end + 1)
      if (rest.length > maxLineBytes) stream.destroy()
      if (end >= 0) this.#takeAll(all.toString('utf8', 0, end).split('\n'))
    })
  }

  finish(): void {
    if (this.#finished) return
    this.#finished = true
    const last = this.#merge.end()
    this.#sink.end(last === undefined ? undefined : `${last}\n`)
    this.#leaveAll()
  }

  #takeAll(lines: readonly string[]): void {
    let passed = ''
    for (const each of lines) {
      if (this.#finished) return
      const { line, last } = this.#merge.take(each)
      if (line !== undefined) passed += `${line}\n`
      if (!last) continue
      this.#sink.write(passed)
      this.finish()
      return
    }
    if (passed !== '' && !this.#sink.write(passed)) for (const stream of this.#streams) stream.pause()
  }

  #leaveAll(): void {
    for (const stream of this.#streams) stream.destroy()
    this.#streams.clear()
  }
}
