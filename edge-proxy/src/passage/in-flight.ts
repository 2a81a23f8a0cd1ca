import type { Socket } from 'node:net'
import { Bag } from '@banyan/toolkit/base'

/** A request that is being served, as a drain names it when it must cut. */
export interface Running {
  readonly id: string
  readonly method: string
  readonly path: string
}

/** What is being served right now: whole requests, and answers per connection. */
export interface InFlight {
  begin(running: Running, socket: Socket): () => void
  /**
   * Asked before `begin`: undefined when nothing of this connection is being served, else a promise of the end of what
   * came before. Requests may be pipelined, and only safe ones may be executed side by side (RFC 9112, section 9.3.2).
   */
  lineUp(socket: Socket): Promise<void> | undefined
  /** Whatever else this connection sends is not executed: a request on it was refused. */
  refuseMore(socket: Socket): void
  takesMore(socket: Socket): boolean
  /** True while an answer of this connection is not over: nobody else may write to it. */
  isBusy(socket: Socket): boolean
  /** How many requests of this connection are served or wait in line. */
  of(socket: Socket): number
  running(): readonly Running[]
  /** How many run. */
  count(): number
  /** Resolves when nothing runs, or after `boundMs`. */
  idle(boundMs: number): Promise<void>
}

/** Builds an empty register. */
export function buildInFlight(): InFlight {
  const running = new Bag<Running>()
  const answers = new WeakMap<Socket, number>()
  const refused = new WeakSet<Socket>()
  const lines = new WeakMap<Socket, (() => void)[]>()
  const waiting = new Set<() => void>()
  const count = (socket: Socket, by: number) => answers.set(socket, (answers.get(socket) ?? 0) + by)
  return {
    begin: (one, socket) => {
      const seat = running.add(one)
      count(socket, 1)
      return () => {
        if (!running.remove(seat)) return
        count(socket, -1)
        lines.get(socket)?.shift()?.()
        if (running.size === 0) for (const wake of waiting) wake()
      }
    },
    lineUp: (socket) => {
      if ((answers.get(socket) ?? 0) === 0) return undefined
      const line = lines.get(socket) ?? []
      lines.set(socket, line)
      return new Promise((resolve) => line.push(resolve))
    },
    refuseMore: (socket) => void refused.add(socket),
    takesMore: (socket) => !refused.has(socket),
    isBusy: (socket) => (answers.get(socket) ?? 0) > 0,
    of: (socket) => answers.get(socket) ?? 0,
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
