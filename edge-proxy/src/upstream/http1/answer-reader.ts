import { type AnswerHead, type BodyFraming, readAnswerHead } from './answer-head.ts'
import { readChunkSize } from './chunk-size.ts'
import { readHeaderLines } from './header-lines.ts'
import { Invalid } from './invalid.ts'

const maxHeadBytes = 64 * 1024
/** A line of a chunk, and all extensions and trailers of one body together. */
const maxLineBytes = 16 * 1024
/** Interim answers before the answer (RFC 9110, section 15.2). */
const maxInterim = 16
const endOfHead = Buffer.from('\r\n\r\n')
const largeBytes = 32 * 1024
const nothing = Buffer.alloc(0)
const noTrailers: readonly string[] = []

/** What gets an answer while it is read. */
export interface AnswerSink {
  /** An interim answer; its status is 100 or 102 to 199. */
  interim(head: AnswerHead): void
  head(head: AnswerHead): void
  /** A view of the bytes that were read: they may be written over when this returns. */
  part(view: Buffer): void
  /** The answer is whole; trailer lines flat. */
  whole(trailers: readonly string[]): void
}

const nobody: AnswerSink = {
  interim: () => undefined,
  head: () => undefined,
  part: () => undefined,
  whole: () => undefined,
}

type State = 'idle' | 'head' | 'counted' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers'

/**
 * Reads one answer after the other from a connection, strictly (RFC 9112). It is given bytes as they come, in pieces of
 * any size, and says at once what is no answer.
 */
export class AnswerReader {
  #sink: AnswerSink
  #state: State = 'idle'
  #method = ''
  /** A head or line that is not whole yet. */
  #begun = nothing
  #left = 0
  #interim = 0
  #lineBytes = 0
  #trailers = ''

  constructor(sink: AnswerSink) {
    this.#sink = sink
  }

  /** Waits for the answer to a request of this method. */
  begin(method: string, sink: AnswerSink): void {
    this.#sink = sink
    this.#state = 'head'
    this.#method = method
    this.#interim = 0
  }

  /** Whether a byte of the awaited answer has come. */
  hasBegun(): boolean {
    return this.#state !== 'head' || this.#begun.length > 0 || this.#interim > 0
  }

  /** Whether the end of the connection is the end of the answer. */
  endsByClose(): boolean {
    return this.#state === 'until-close'
  }

  /** Whether so much of a body is still to come that it pays to read in large pieces. */
  expectsMuch(): boolean {
    return this.#state === 'until-close' || this.#left > largeBytes
  }

  /** Nothing more is read. */
  stop(): void {
    this.#state = 'idle'
    this.#begun = nothing
  }

  /** How many of these bytes belong to the answer; those behind it belong to nobody. */
  take(bytes: Buffer): number | Invalid {
    const { length } = this.#begun
    const all = length === 0 ? bytes : Buffer.concat([this.#begun, bytes])
    this.#begun = nothing
    let at = 0
    while (at < all.length && this.#state !== 'idle') {
      const next = this.#step(all, at)
      if (next instanceof Invalid) return next
      if (next < 0) {
        this.#begun = Buffer.from(all.subarray(at))
        return bytes.length
      }
      at = next
    }
    return at - length
  }

  /** Takes one part; where the next one begins, or -1 while this one is not whole. */
  #step(all: Buffer, at: number): number | Invalid {
    switch (this.#state) {
      case 'head':
        return this.#takeHead(all, at)
      case 'counted':
      case 'chunk':
        return this.#takeCounted(all, at)
      case 'until-close':
        this.#sink.part(at === 0 ? all : all.subarray(at))
        return all.length
      default:
        return this.#takeLine(all, at)
    }
  }

  #takeHead(all: Buffer, at: number): number | Invalid {
    const end = all.indexOf(endOfHead, at)
    if ((end < 0 ? all.length : end) - at > maxHeadBytes) return new Invalid('a head of more than 64 KiB')
    if (end < 0) return mayBecomeHead(all, at) ? -1 : new Invalid('it does not begin as HTTP/1')
    const head = readAnswerHead(all.toString('latin1', at, end + 2), this.#method)
    if (head instanceof Invalid) return head
    const next = end + endOfHead.length
    if (head.status >= 200) this.#begins(head)
    else {
      const wrong = this.#takeInterim(head)
      if (wrong !== undefined) return wrong
    }
    return next
  }

  #takeInterim(head: AnswerHead): Invalid | undefined {
    this.#interim += 1
    if (head.status === 101) return new Invalid('status 101, for which nobody asked')
    if (this.#interim > maxInterim) return new Invalid(`more than ${maxInterim} interim answers`)
    this.#sink.interim(head)
    return undefined
  }

  #begins(head: AnswerHead): void {
    this.#state = stateOf(head.framing)
    this.#left = typeof head.framing === 'number' ? head.framing : 0
    this.#lineBytes = 0
    this.#trailers = ''
    this.#sink.head(head)
    if (head.framing === 0) this.#end(noTrailers)
  }

  #end(trailers: readonly string[]): void {
    if (this.#state === 'idle') return
    const sink = this.#sink
    this.#state = 'idle'
    // A connection that lies idle must not keep its last request alive.
    this.#sink = nobody
    sink.whole(trailers)
  }

  #takeCounted(all: Buffer, at: number): number {
    const end = Math.min(all.length, at + this.#left)
    this.#left -= end - at
    this.#sink.part(at === 0 && end === all.length ? all : all.subarray(at, end))
    if (this.#left > 0 || this.#state === 'idle') return end
    if (this.#state === 'chunk') this.#state = 'chunk-end'
    else this.#end(noTrailers)
    return end
  }

  #takeLine(all: Buffer, at: number): number | Invalid {
    const end = all.indexOf(10, at)
    if ((end < 0 ? all.length : end) - at > maxLineBytes) return new Invalid('a line of more than 16 KiB in a body')
    if (end < 0) return -1
    if (end === at || all[end - 1] !== 13) return new Invalid('a broken end of a line in a body')
    return this.#takeWholeLine(all.toString('latin1', at, end - 1)) ?? end + 1
  }

  #takeWholeLine(line: string): Invalid | undefined {
    if (this.#state === 'chunk-end') {
      if (line !== '') return new Invalid('a chunk is longer than it says')
      this.#state = 'chunk-size'
      return undefined
    }
    if (line.length > 12) this.#lineBytes += line.length
    if (this.#lineBytes > maxLineBytes) return new Invalid('extensions or trailers of more than 16 KiB')
    return this.#state === 'trailers' ? this.#takeTrailer(line) : this.#beginChunk(line)
  }

  #beginChunk(line: string): Invalid | undefined {
    const size = readChunkSize(line)
    if (size instanceof Invalid) return size
    this.#left = size
    this.#state = size === 0 ? 'trailers' : 'chunk'
    return undefined
  }

  #takeTrailer(line: string): Invalid | undefined {
    if (line !== '') {
      this.#trailers += `${line}\r\n`
      return this.#trailers.length > maxLineBytes ? new Invalid('trailers of more than 16 KiB') : undefined
    }
    const trailers = this.#trailers === '' ? noTrailers : readHeaderLines(this.#trailers, 0)
    if (trailers instanceof Invalid) return trailers
    this.#end(trailers)
    return undefined
  }
}

function stateOf(framing: BodyFraming): State {
  if (framing === 'chunked') return 'chunk-size'
  return framing === 'until-close' ? 'until-close' : 'counted'
}

const beginning = 'HTTP/1.'

/** Whether more bytes may make a head of this: else a garbled answer would be waited for until its time is up. */
function mayBecomeHead(all: Buffer, at: number): boolean {
  const text = all.toString('latin1', at)
  return text.length < beginning.length
    ? beginning.startsWith(text)
    : text.startsWith(beginning) && !/(?:^|[^\r])\n/.test(text)
}
