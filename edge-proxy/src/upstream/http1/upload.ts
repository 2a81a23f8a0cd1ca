import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { UpstreamRequest } from '../sender.ts'
import { type LateWriter, writeTogether } from '../write-together.ts'
import { type RequestHead, trailerText } from './request-head.ts'

/** Up to so many bytes go out in one string together with the head, which costs less than two buffers. */
const maxJoinedBytes = 8 * 1024

/** Who is told how an upload goes on. */
export interface UploadOwner {
  /** A part went out, or all of it did. */
  progressed(): void
  /** The body ended before its end, or is not as long as it said: the request must not look whole. */
  uploadFailed(detail: string): void
}

/** A request on its way out: its head, and its body as fast as the upstream takes it. */
export class Upload implements LateWriter {
  #socket: Socket
  readonly #request: UpstreamRequest
  readonly #head: RequestHead
  readonly #owner: UploadOwner
  /** What this turn of the event loop has brought, and is to go out at its end. */
  #unwritten = ''
  #isBegun = false
  #left: number
  #stream: Readable | undefined
  /** Nothing of the stream is asked for yet: at the end of its turn a small body is there as a whole. */
  #isUntouched = false
  #held = false
  #sent = false

  constructor(socket: Socket, { request, head }: { request: UpstreamRequest; head: RequestHead }, owner: UploadOwner) {
    this.#socket = socket
    this.#request = request
    this.#head = head
    this.#owner = owner
    this.#left = typeof head.framing === 'number' ? head.framing : 0
  }

  /** Begins to write. */
  start(): void {
    const { body } = this.#request
    this.#later(this.#head.text)
    if (body === undefined || Buffer.isBuffer(body)) this.#sendAll(body)
    else this.#sendStream(body)
  }

  /** Whether any of it may have left. */
  isBegun(): boolean {
    return this.#isBegun
  }

  /** Goes on, from its beginning, to another connection; only what is not begun can. */
  moveTo(socket: Socket): void {
    this.#socket = socket
    this.#held = false
    writeTogether(this)
    if (!this.#isUntouched) this.#stream?.resume()
  }

  /** Whether everything is handed to the socket. */
  isSent(): boolean {
    return this.#sent
  }

  /** Whether it is the client that must go on, not the upstream. */
  waitsForClient(): boolean {
    return !this.#sent && !this.#held
  }

  /** The socket takes more. */
  drained(): void {
    if (!this.#held) return
    this.#held = false
    this.#owner.progressed()
    this.#stream?.resume()
  }

  /** Writes nothing more. */
  stop(): void {
    const stream = this.#stream
    this.#stream = undefined
    stream?.off('data', this.#takePart).off('end', this.#takeEnd).off('close', this.#takeClose)
  }

  #sendAll(body: Buffer | undefined): void {
    if (body !== undefined && body.length > 0 && !this.#take(body)) return
    this.#end()
  }

  #sendStream(body: Readable): void {
    this.#stream = body
    this.#request.bodyWanted?.()
    // Where somebody copies it, it flows already.
    this.#isUntouched = typeof this.#head.framing === 'number' && body.readableFlowing === null
    if (!this.#isUntouched) this.#listen(body)
  }

  /** A body that came whole costs one call, in place of a stream's events. */
  #beginStream(body: Readable): void {
    this.#isUntouched = false
    const all: unknown = body.readableLength === this.#left ? body.read() : undefined
    if (!Buffer.isBuffer(all)) this.#listen(body)
    else if (this.#take(all)) this.#end()
  }

  #listen(body: Readable): void {
    if (body.destroyed) this.#takeClose()
    else body.on('data', this.#takePart).on('end', this.#takeEnd).on('close', this.#takeClose).resume()
  }

  /** One string and one system call for all that comes in one turn: the head, and a small body with it. */
  #later(text: string): void {
    if (this.#unwritten === '') writeTogether(this)
    this.#unwritten += text
  }

  /** Called when the turn is over. */
  writeNow(): void {
    if (this.#isUntouched && this.#stream !== undefined && !this.#isAdrift()) this.#beginStream(this.#stream)
    this.#isFollowed(this.#flush())
  }

  #flush(): boolean {
    const text = this.#unwritten
    if (text === '' || this.#isAdrift()) return text === ''
    this.#unwritten = ''
    if (this.#socket.destroyed) return true
    this.#isBegun = true
    return this.#socket.write(text, 'latin1')
  }

  /** Its connection ended before anything was written: what there is of it is kept for another one. */
  #isAdrift(): boolean {
    return !this.#isBegun && this.#socket.destroyed
  }

  /** Holds the body back where the socket takes no more. */
  #isFollowed(goesOn: boolean): void {
    if (goesOn || this.#stream === undefined) return
    this.#held = true
    this.#stream.pause()
  }

  readonly #takePart = (part: Buffer) => {
    if (this.#take(part)) this.#owner.progressed()
  }

  /** False when the body is longer than it said. */
  #take(part: Buffer): boolean {
    if (this.#head.framing === 'chunked') this.#write(`${part.length.toString(16)}\r\n`, part, '\r\n')
    else if (part.length > this.#left) return this.#fail()
    else {
      this.#left -= part.length
      this.#write('', part, '')
    }
    return true
  }

  #write(before: string, part: Buffer, after: string): void {
    if (part.length > maxJoinedBytes && !this.#isAdrift()) this.#isFollowed(this.#writeApart(before, part, after))
    else {
      this.#later(before + part.toString('latin1') + after)
      if (this.#unwritten.length > maxJoinedBytes) this.#isFollowed(this.#flush())
    }
  }

  #writeApart(before: string, part: Buffer, after: string): boolean {
    const socket = this.#socket
    socket.cork()
    this.#unwritten += before
    this.#flush()
    const goesOn = socket.write(part)
    if (after !== '') socket.write(after, 'latin1')
    socket.uncork()
    return goesOn
  }

  readonly #takeEnd = () => this.#end()

  readonly #takeClose = () => {
    if (!this.#sent) this.#owner.uploadFailed('the client left within its body')
    this.stop()
  }

  #end(): void {
    if (this.#left > 0) return void this.#fail()
    const end = this.#head.framing === 'chunked' ? `0\r\n${trailerText(this.#request.trailers?.() ?? [])}` : ''
    if (end !== '') this.#later(end)
    this.#sent = true
    this.stop()
    this.#owner.progressed()
  }

  #fail(): false {
    this.stop()
    this.#owner.uploadFailed('the body is not as long as its Content-Length says')
    return false
  }
}
