import { createHash, type Hash } from 'node:crypto'
import type { Answer } from '../../../compare/index.ts'
import { type AnswerHead, framingOf, parseHead } from './answer-head.ts'

const none = Buffer.alloc(0)
const endOfHead = Buffer.from('\r\n\r\n')
const endOfLine = Buffer.from('\r\n')
const maxHeadBytes = 64 * 1024
const maxLineBytes = 16 * 1024
const maxTrailerLines = 100
/** A body that is larger is given up, and is not compared. */
const maxDigestedBytes = 256 * 1024 * 1024

type State = 'head' | 'body' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'done'

/**
 * Reads one answer after the other from a connection (RFC 9112), strictly: what is no HTTP/1 answer, or says in two ways how
 * long it is, throws. The bytes that it is given may be overwritten afterwards.
 */
export class AnswerParser {
  readonly #maxBodyBytes: number
  #method = ''
  #state: State = 'done'
  /** The beginning of a head or line that is not whole yet. */
  #begun = none
  #head: AnswerHead | undefined
  #left = 0
  #kept: Buffer[] = []
  #bytes = 0
  #trailers = 0
  /** Of a body that is larger than what is kept. */
  #hash: Hash | undefined
  #givenUp = false
  #unasked = false

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes
  }

  /** Waits for the answer to a request of this method. */
  begin(method: string): void {
    this.#method = method
    this.#state = 'head'
    this.#head = undefined
    this.#kept = []
    this.#bytes = 0
    this.#trailers = 0
    this.#hash = undefined
    this.#givenUp = false
  }

  /** Whether the answer is whole after these bytes, or is given up for its size. Throws for what is no answer. */
  take(bytes: Buffer): boolean {
    const all = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes])
    this.#begun = none
    let at = 0
    while (at < all.length && !this.#isDone()) {
      const next = this.#step(all, at)
      if (next < 0) {
        this.#begun = Buffer.from(all.subarray(at))
        return false
      }
      at = next
    }
    if (at < all.length) this.#unasked = true
    return this.#isDone()
  }

  /** Whether the end of the connection ends the answer too. */
  endsByClose(): boolean {
    return this.#state === 'until-close'
  }

  /** Whether something of the answer has come. */
  hasBegun(): boolean {
    return this.#state !== 'head' || this.#begun.length > 0
  }

  /** Whether another request may be sent on the same connection. */
  mayGoOn(): boolean {
    return this.#state === 'done' && !this.#unasked && this.#head?.staysOpen === true
  }

  /** The answer that is whole, once; its body as it came, not decoded. */
  answer(): Answer {
    const [first = none] = this.#kept
    const body = this.#kept.length < 2 ? first : Buffer.concat(this.#kept)
    const { status = 0, headers = new Map<string, string[]>() } = this.#head ?? {}
    if (this.#bytes <= this.#maxBodyBytes) return { status, headers, body, truncated: false }
    const digest = this.#givenUp ? undefined : this.#hash?.digest('hex')
    return { status, headers, body, truncated: true, ...(digest === undefined ? {} : { digest: `sha256:${digest}` }) }
  }

  #isDone(): boolean {
    return this.#state === 'done' || this.#givenUp
  }

  /** Takes one part; gives where the next one begins, or -1 when this one is not whole. */
  #step(all: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#takeHead(all, at)
      case 'body':
      case 'chunk':
        return this.#takeCounted(all, at)
      case 'until-close':
        this.#keep(all.subarray(at))
        return all.length
      default:
        return this.#takeLine(all, at)
    }
  }

  #takeHead(all: Buffer, at: number): number {
    const end = all.indexOf(endOfHead, at)
    if ((end < 0 ? all.length : end) - at > maxHeadBytes) throw new Error('headers are too large')
    if (end < 0) {
      if (all.length - at >= 5 && all.toString('latin1', at, at + 5) !== 'HTTP/') parseHead(all.toString('latin1', at))
      return -1
    }
    const head = parseHead(all.toString('utf8', at, end))
    if (head.status === 101) throw new Error('the arm changes the protocol')
    // 100 and its like come before the answer.
    if (head.status >= 200) this.#begins(head)
    return end + endOfHead.length
  }

  #begins(head: AnswerHead): void {
    const framing = framingOf(head, this.#method)
    this.#head = framing === 'until-close' ? { ...head, staysOpen: false } : head
    if (framing === 'chunked') this.#state = 'chunk-size'
    else if (framing === 'until-close') this.#state = 'until-close'
    else {
      this.#left = framing
      this.#state = framing === 0 ? 'done' : 'body'
    }
  }

  #takeCounted(all: Buffer, at: number): number {
    const end = Math.min(all.length, at + this.#left)
    this.#keep(all.subarray(at, end))
    this.#left -= end - at
    if (this.#left === 0) this.#state = this.#state === 'body' ? 'done' : 'chunk-end'
    return end
  }

  #keep(bytes: Buffer): void {
    const room = this.#maxBodyBytes - this.#bytes
    this.#bytes += bytes.length
    if (bytes.length > room) this.#digest(bytes)
    if (room > 0) this.#kept.push(Buffer.from(bytes.length > room ? bytes.subarray(0, room) : bytes))
  }

  /** What is coded would have to be decoded first: two codings of one body are not alike. */
  #digest(bytes: Buffer): void {
    const coding = this.#head?.headers.get('content-encoding')?.join() ?? 'identity'
    if (coding !== 'identity' || this.#bytes > maxDigestedBytes) this.#givenUp = true
    else
      this.#hash = (this.#hash ?? this.#kept.reduce((all, part) => all.update(part), createHash('sha256'))).update(
        bytes,
      )
  }

  #takeLine(all: Buffer, at: number): number {
    const end = all.indexOf(endOfLine, at)
    if ((end < 0 ? all.length : end) - at > maxLineBytes) throw new Error('a line of a chunk is too long')
    if (end < 0) return -1
    const line = all.toString('latin1', at, end)
    if (this.#state === 'chunk-size') this.#beginChunk(line)
    else if (this.#state === 'trailer') this.#takeTrailer(line)
    else if (line !== '') throw new Error('a chunk is longer than it says')
    else this.#state = 'chunk-size'
    return end + endOfLine.length
  }

  #beginChunk(line: string): void {
    const size = /^([\da-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line)?.[1]
    if (size === undefined) throw new Error(`broken chunk size: ${JSON.stringify(line.slice(0, 40))}`)
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'chunk'
  }

  #takeTrailer(line: string): void {
    this.#trailers += 1
    if (line === '') this.#state = 'done'
    else if (this.#trailers > maxTrailerLines) throw new Error('too many trailers')
  }
}
