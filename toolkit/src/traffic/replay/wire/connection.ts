import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { messageOf } from '../../../base/index.ts'
import { AnswerParser } from './answer-parser.ts'
import type { Asked, Whereabouts } from './asked.ts'
import type { Outbox, Writer } from './outbox.ts'

/** Who is told of a connection that is free again, or gone. */
export interface Owner {
  isFree(connection: Connection): void
  isGone(connection: Connection): void
  /** Asks again on a new connection: the old one was closed before it was asked. */
  askAnew(asked: Asked): void
}

/** Where, and how much of an answer is kept. */
export interface ConnectionOptions {
  readonly base: URL
  readonly maxBodyBytes: number
  readonly outbox: Outbox
  /** What is read goes through it, and not beyond one event: connections may share it. */
  readonly readBuffer: Buffer
}

/** Servers close what lies idle, most after 5 s: what lay longer than this is not asked any more. */
const idleMs = 4000

/** One connection to an arm: it asks, waits for the answer, and only then asks again. */
export class Connection implements Whereabouts, Writer {
  readonly #owner: Owner
  readonly #outbox: Outbox
  readonly #readBuffer: Buffer
  readonly #parser: AnswerParser
  readonly #socket: Socket
  #asked: Asked | undefined
  #answered = 0
  #failure: Error | undefined
  #freeSince = 0

  constructor(owner: Owner, { base, maxBodyBytes, outbox, readBuffer }: ConnectionOptions) {
    this.#owner = owner
    this.#outbox = outbox
    this.#readBuffer = readBuffer
    this.#parser = new AnswerParser(maxBodyBytes)
    this.#socket = this.#open(base)
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (error) => {
      this.#failure ??= error
    })
    this.#socket.on('close', () => this.#isClosed())
  }

  ask(asked: Asked): void {
    this.#asked = asked
    asked.where = this
    this.#parser.begin(asked.request.method)
    this.#outbox.add(this)
  }

  /** What is asked; nothing when it was given up in between. */
  write(): void {
    this.#asked?.writeTo(this.#socket)
  }

  giveUp(): void {
    this.destroy()
  }

  /** Whether it lay so long that its other end may be about to close it. */
  isStale(): boolean {
    return performance.now() - this.#freeSince > idleMs
  }

  /** What is waited for fails for this reason; without one it has ended already. */
  destroy(why?: string): void {
    const asked = this.#asked
    this.#asked = undefined
    this.#socket.destroy()
    if (why !== undefined) asked?.fail(why)
  }

  #open(base: URL): Socket {
    const host = base.hostname.replace(/^\[|\]$/g, '')
    if (base.protocol === 'https:') {
      const socket = connectTls({
        host,
        port: Number(base.port || 443),
        servername: /^[\d.]+$|:/.test(host) ? '' : host,
      })
      socket.on('data', (bytes) => this.#take(bytes))
      return socket
    }
    // One buffer for everything that is read: a stream's event for each answer costs as much as reading the answer.
    const buffer = this.#readBuffer
    const callback = (length: number) => {
      this.#take(buffer.subarray(0, length))
      return true
    }
    return connect({ host, port: Number(base.port || 80), onread: { buffer, callback } })
  }

  #take(bytes: Buffer): void {
    const asked = this.#asked
    try {
      // What nobody asked for must not be taken for the next answer.
      if (asked === undefined) this.destroy()
      else if (this.#parser.take(bytes)) this.#isAnswered(asked)
    } catch (thrown) {
      this.destroy(messageOf(thrown))
    }
  }

  #isAnswered(asked: Asked): void {
    const answer = this.#parser.answer()
    const goesOn = this.#parser.mayGoOn() && this.#socket.writableLength === 0
    this.#asked = undefined
    this.#answered += 1
    if (goesOn) {
      this.#freeSince = performance.now()
      this.#owner.isFree(this)
    } else this.#socket.destroy()
    asked.end(answer)
  }

  #isClosed(): void {
    this.#owner.isGone(this)
    const asked = this.#asked
    this.#asked = undefined
    if (asked === undefined) return
    if (this.#failure === undefined && this.#parser.endsByClose()) asked.end(this.#parser.answer())
    else if (this.#answered > 0 && !this.#parser.hasBegun() && asked.mayBeAskedAnew()) this.#owner.askAnew(asked)
    else asked.fail(messageOf(this.#failure ?? 'the arm closed the connection before its answer was whole'))
  }
}
