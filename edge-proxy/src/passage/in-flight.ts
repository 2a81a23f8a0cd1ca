import type { Socket } from 'node:net'

/** A request that is being served, as a drain names it when it must cut. */
export interface Running {
  readonly id: string
  readonly method: string
  readonly path: string
}

/** What is being served right now: whole requests, and answers per connection. */
export interface InFlight {
  begin(running: Running, socket: Socket): () => void
  /** Whatever else this connection sends is not executed: a request on it was refused. */
  refuseMore(socket: Socket): void
  takesMore(socket: Socket): boolean
  /** True while an answer of this connection is not over: nobody else may write to it. */
  isBusy(socket: Socket): boolean
  running(): readonly Running[]
  /** Resolves when nothing runs, or after `boundMs`. */
  idle(boundMs: number): Promise<void>
}

/** Builds an empty register. */
export function buildInFlight(): InFlight {
  const running = new Set<Running>()
  const answers = new WeakMap<Socket, number>()
  const refused = new WeakSet<Socket>()
  const waiting = new Set<() => void>()
  const count = (socket: Socket, by: number) => answers.set(socket, (answers.get(socket) ?? 0) + by)
  return {
    begin: (one, socket) => {
      running.add(one)
      count(socket, 1)
      return () => {
        if (!running.delete(one)) return
        count(socket, -1)
        if (running.size === 0) for (const wake of waiting) wake()
      }
    },
    refuseMore: (socket) => void refused.add(socket),
    takesMore: (socket) => !refused.has(socket),
    isBusy: (socket) => (answers.get(socket) ?? 0) > 0,
    running: () => [...running],
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
