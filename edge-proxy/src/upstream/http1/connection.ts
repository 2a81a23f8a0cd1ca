import type { Socket } from 'node:net'
import type { FaultKind, UpstreamFault } from '../sender.ts'
import { whyUnreachable } from '../why-unreachable.ts'
import { AnswerReader } from './answer-reader.ts'
import type { Carrier } from './carrier.ts'
import { dial, type Target } from './dial.ts'
import type { Exchange } from './exchange.ts'
import { Invalid } from './invalid.ts'
import { ReadBuffer } from './read-buffer.ts'

/** Who is told of a connection that is free again, or gone. */
export interface ConnectionOwner {
  readonly target: Target
  now(): number
  /** The session of an earlier TLS connection, which saves a round trip. */
  session: Buffer | undefined
  isFree(connection: Connection): void
  isGone(connection: Connection): void
  /** The connection had been closed before the exchange was sent on it. */
  askAgain(exchange: Exchange): void
}

/** How long a connection is kept while nobody asks, unless its upstream says less, in ms. */
const idleMs = 60_000

/** One connection to an upstream: it carries one exchange after the other. */
export class Connection implements Carrier {
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  readonly #reader: AnswerReader
  readonly #buffer = new ReadBuffer()
  #exchange: Exchange | undefined
  #stands = false
  #answered = 0
  #failure: Error | undefined
  #endSeen = false
  #paused = false
  #freeSinceMs = 0
  #keepAlive: string | undefined
  #idleLimitMs = idleMs

  /** Opens a connection for `first`. */
  constructor(owner: ConnectionOwner, first: Exchange) {
    this.#owner = owner
    this.#exchange = first
    this.#reader = new AnswerReader(first)
    const socket = dial(owner.target, this.#reading(), owner.session)
    this.#socket = socket
    socket.once(owner.target.secure ? 'secureConnect' : 'connect', () => this.#isConnected())
    socket.on('session', (session: Buffer) => {
      owner.session = session
    })
    socket.on('drain', () => this.#exchange?.drained())
    socket.on('error', (error) => {
      this.#failure ??= error
    })
    socket.on('end', () => this.#hasEnded())
    socket.on('close', () => this.#isClosed())
    first.connects(this, owner.now())
  }

  #reading() {
    return {
      buffer: () => this.#buffer.next(),
      read: (bytes: number) => this.#take(this.#buffer.read(bytes)),
      decrypted: (bytes: Buffer) => this.#take(bytes),
    }
  }

  #isConnected(): void {
    this.#stands = true
    if (this.#exchange !== undefined) this.ask(this.#exchange)
  }

  /** Sends an exchange; the connection must be free. */
  ask(exchange: Exchange): void {
    this.#exchange = exchange
    this.#reader.begin(exchange.request.method, exchange)
    exchange.begins(this, this.#socket, this.#owner.now())
  }

  /** How long it has been free, in ms. */
  idleForMs(): number {
    return this.#owner.now() - this.#freeSinceMs
  }

  /** Whether it lay idle for so long that its other end may be about to close it. */
  isStale(): boolean {
    return this.idleForMs() >= this.#idleLimitMs
  }

  /** Lets what it carries fail when its time is up. */
  sweep(nowMs: number): void {
    this.#exchange?.sweep(nowMs)
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  keep(view: Buffer): Buffer {
    return this.#owner.target.secure ? view : this.#buffer.keep(view)
  }

  /** Ends it; what it carries hears nothing of it. */
  drop(): void {
    this.#exchange = undefined
    this.#reader.stop()
    this.#socket.destroy()
    this.#owner.isGone(this)
  }

  /** Ends it, and what it carries fails. */
  close(): void {
    const exchange = this.#exchange
    if (exchange === undefined) this.drop()
    else exchange.fail(this.#fault('edge-closed', 'the edge was stopped'))
  }

  #take(bytes: Buffer): void {
    const exchange = this.#exchange
    // Bytes for which nobody asked must not answer the next one who asks (CVE-2026-48931).
    if (exchange === undefined || !this.#stands) return void this.drop()
    if (!exchange.isUnderWay()) return void this.#isTooEarly(exchange)
    const taken = this.#reader.take(bytes)
    if (taken instanceof Invalid) exchange.fail(this.#fault('upstream-invalid', taken.why))
    else if (exchange.isOver()) this.#isAnswered(exchange, taken === bytes.length)
    else {
      exchange.taken(this.#owner.now())
      this.#buffer.expect(this.#reader.expectsMuch())
    }
  }

  /** What comes before anything was sent is no answer: on a kept connection a 408 because it lay idle, or its end. */
  #isTooEarly(exchange: Exchange): void {
    if (this.#answered === 0)
      return void exchange.fail(this.#fault('upstream-invalid', 'it answered before it was asked'))
    this.#exchange = undefined
    // In this order: the next in line must not take the place that this connection leaves.
    this.#owner.askAgain(exchange)
    this.drop()
  }

  #isAnswered(exchange: Exchange, exactly: boolean): void {
    // Dropped meanwhile: then it is gone already.
    if (this.#exchange !== exchange) return
    this.#exchange = undefined
    this.#answered += 1
    this.#buffer.expect(false)
    if (!exactly || !exchange.isClean() || this.#endSeen || this.#socket.writableLength > 0) return void this.drop()
    this.#readKeepAlive(exchange.keepAlive())
    this.#freeSinceMs = this.#owner.now()
    this.resume()
    this.#owner.isFree(this)
  }

  /** A second before its upstream would close it, or at half its time: nothing is sent into a closing connection. */
  #readKeepAlive(said: string | undefined): void {
    if (said === this.#keepAlive) return
    this.#keepAlive = said
    const seconds = /(?:^|[,\s])timeout=(\d{1,6})\b/i.exec(said ?? '')?.[1]
    const saidMs = seconds === undefined ? idleMs : Number(seconds) * 1000
    this.#idleLimitMs = Math.min(idleMs, Math.max(saidMs - 1_000, saidMs / 2))
  }

  #hasEnded(): void {
    this.#endSeen = true
    if (this.#exchange === undefined) this.drop()
    else if (this.#answered > 0 && !this.#exchange.isUnderWay()) this.#isTooEarly(this.#exchange)
  }

  #isClosed(): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    if (exchange !== undefined) this.#isClosedWithin(exchange)
    this.#owner.isGone(this)
  }

  #isClosedWithin(exchange: Exchange): void {
    const clean = this.#endSeen && this.#failure === undefined
    if (clean && this.#reader.endsByClose()) exchange.whole([])
    else if (this.#answered > 0 && this.#mayGoElsewhere(exchange)) this.#owner.askAgain(exchange)
    else exchange.fail(this.#closedFault())
  }

  #mayGoElsewhere(exchange: Exchange): boolean {
    return !exchange.isUnderWay() || (!this.#reader.hasBegun() && exchange.mayGoAgain())
  }

  #closedFault(): UpstreamFault {
    const detail = this.#failure === undefined ? 'the connection was closed' : whyUnreachable(this.#failure)
    return this.#fault(this.#stands ? 'upstream-closed' : 'upstream-unreachable', detail)
  }

  #fault(fault: FaultKind, detail: string): UpstreamFault {
    return { ok: false, fault, detail, sent: this.#stands ? 'maybe' : 'nothing' }
  }
}
