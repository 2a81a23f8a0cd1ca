import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Bag, type Seat } from '@banyan/toolkit/base'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Incoming } from '../request/incoming.ts'

/** A request that is being served. */
export interface Running {
  readonly request: Pick<EdgeRequest, 'id' | 'method' | 'path'>
  readonly incoming: Incoming
}

/** The requests of one connection, in their order; found once a request. */
export class ConnectionLine {
  /** How many are served or wait in line. */
  length = 0
  /** False when one was refused: whatever else the connection sends is not executed. */
  takesMore = true
  /** That to the latest request that was read; let go when none is left, for most connections are idle for most of the time. */
  answer: ServerResponse | undefined
  readonly #waiting: (() => void)[] = []

  /** Resolves when a request is over: each wakes the one that came next. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  joined(): void {
    this.length += 1
  }

  left(): void {
    this.length -= 1
    if (this.length === 0) this.answer = undefined
    this.#waiting.shift()?.()
  }
}

/** What is being served right now: whole requests, and answers per connection. */
export interface InFlight {
  line(socket: Socket): ConnectionLine
  /**
   * A request joins the line of its connection, and gets a seat; `end` must follow. Where others are in line, it waits first:
   * requests may be pipelined, and only safe ones may be executed side by side (RFC 9112, section 9.3.2).
   */
  begin(running: Running, line: ConnectionLine): Seat<Running>
  end(seat: Seat<Running>, line: ConnectionLine): void
  /** Whatever else this connection sends is not executed: a request on it was refused. */
  refuseMore(socket: Socket): void
  takesMore(socket: Socket): boolean
  /** True while an answer of this connection is not over: nobody else may write to it. */
  isBusy(socket: Socket): boolean
  running(): readonly Running[]
  /** How many run. */
  count(): number
  /** Resolves when nothing runs, or after `boundMs`. */
  idle(boundMs: number): Promise<void>
}

/** Builds an empty register. */
export function buildInFlight(): InFlight {
  const running = new Bag<Running>()
  const lines = new WeakMap<Socket, ConnectionLine>()
  const waiting = new Set<() => void>()
  const lineOf = (socket: Socket): ConnectionLine => {
    const known = lines.get(socket)
    if (known !== undefined) return known
    const line = new ConnectionLine()
    lines.set(socket, line)
    return line
  }
  return {
    line: lineOf,
    begin: (one, line) => {
      line.joined()
      return running.add(one)
    },
    end: (seat, line) => {
      if (!running.remove(seat)) return
      line.left()
      if (running.size === 0) for (const wake of waiting) wake()
    },
    refuseMore: (socket) => {
      lineOf(socket).takesMore = false
    },
    takesMore: (socket) => lineOf(socket).takesMore,
    isBusy: (socket) => lineOf(socket).length > 0,
    running: () => running.members(),
    count: () => running.size,
    idle: (boundMs) =>
      new Promise((resolve) => {
        if (running.size === 0) return resolve()
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, boundMs)
        waiting.add(wake)
      }),
  }
}
