import type { UpstreamFault } from '../sender.ts'
import type { Carrier } from './carrier.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import type { Target } from './dial.ts'
import type { Exchange } from './exchange.ts'

/** More idle connections to one address are ended. */
const maxIdle = 256
/**
 * A request that may not be sent twice takes no connection that lay idle for longer, in ms: its other end may just be
 * closing it, and then nobody would know whether the request was executed.
 */
const maxIdleForOnceMs = 1_000

/** The connections to one address of an upstream, and the line of those who wait for one. */
export class Pool implements ConnectionOwner {
  readonly target: Target
  readonly now: () => number
  session: Buffer | undefined
  /** The last one in is the first one out, so that what is not needed grows old. */
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  readonly #line = new Set<Exchange>()

  constructor(target: Target, now: () => number) {
    this.target = target
    this.now = now
  }

  /** Whether it holds nothing. */
  isEmpty(): boolean {
    return this.#open.size === 0 && this.#line.size === 0
  }

  standing(): { readonly connections: number; readonly idle: number; readonly waiting: number } {
    return { connections: this.#open.size, idle: this.#idle.length, waiting: this.#line.size }
  }

  /** Sends an exchange on an idle connection, on a new one, or when one is free. */
  send(exchange: Exchange): void {
    const idle = this.#takeIdle(exchange)
    const { maxConnections, maxWaiting } = exchange.limits
    if (idle !== undefined) return void idle.ask(exchange)
    // One that is too old for this request gives its place away.
    if (this.#open.size >= maxConnections) this.#idle.shift()?.drop()
    if (this.#open.size < maxConnections) return void this.askAgain(exchange)
    if (this.#line.size >= maxWaiting) return void exchange.fail(full)
    this.#line.add(exchange)
    exchange.waits(this.#placeOf(exchange), this.now())
  }

  #takeIdle(exchange: Exchange): Connection | undefined {
    const newest = this.#idle.at(-1)
    if (newest === undefined || newest.isStale()) return undefined
    if (!exchange.isRepeatable() && newest.idleForMs() > maxIdleForOnceMs) return undefined
    return this.#idle.pop()
  }

  #placeOf(exchange: Exchange): Carrier {
    const nothing = () => undefined
    return { pause: nothing, resume: nothing, keep: (view) => view, drop: () => void this.#line.delete(exchange) }
  }

  /** Sends an exchange on a new connection. */
  askAgain(exchange: Exchange): void {
    this.#open.add(new Connection(this, exchange))
  }

  isFree(connection: Connection): void {
    const next = this.#nextInLine()
    if (next !== undefined) return void connection.ask(next)
    // The oldest goes: what was just used is what the next request takes.
    if (this.#idle.length >= maxIdle) this.#idle.shift()?.drop()
    this.#idle.push(connection)
  }

  isGone(connection: Connection): void {
    if (!this.#open.delete(connection)) return
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    const [next] = this.#line
    if (next === undefined || this.#open.size >= next.limits.maxConnections) return
    this.#line.delete(next)
    this.askAgain(next)
  }

  #nextInLine(): Exchange | undefined {
    const [next] = this.#line
    if (next !== undefined) this.#line.delete(next)
    return next
  }

  /** Ends what lay idle for too long, and fails what waited for too long. */
  sweep(nowMs: number): void {
    for (const connection of [...this.#idle]) if (connection.isStale()) connection.drop()
    for (const exchange of this.#line) exchange.sweep(nowMs)
    for (const connection of this.#open) connection.sweep(nowMs)
  }

  /** Ends all connections; what they carry, and who waits for one, fails. */
  close(): void {
    for (const exchange of [...this.#line]) exchange.fail(closing)
    for (const connection of [...this.#open]) connection.close()
  }
}

const full: UpstreamFault = {
  ok: false,
  fault: 'upstream-busy',
  detail: 'all connections are in use, and the line for them is full',
  sent: 'nothing',
}
const closing: UpstreamFault = { ok: false, fault: 'edge-closed', detail: 'the edge was stopped', sent: 'nothing' }
