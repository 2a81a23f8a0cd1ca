import type { Answer } from '../../../compare/index.ts'
import type { ReplayRequest } from '../replay-request.ts'
import { Asked } from './asked.ts'
import { Connection, type Owner } from './connection.ts'

/** Within which bounds an arm is asked. */
export interface WireBounds {
  readonly connections: number
  /** For one answer, from asking to its last byte. */
  readonly timeoutMs: number
  readonly maxBodyBytes: number
}

/** Connections to one arm that are used again and again. */
export interface WirePool {
  /** Rejects when there is no whole answer in time, or what came is none. The body is not decoded. */
  ask(request: ReplayRequest): Promise<Answer>
  /** Ends every connection; what was not answered is rejected. */
  close(): void
}

/**
 * A client of HTTP/1.1 that does only what a replay needs, for a fraction of what a general one costs: no pipelining, no redirects,
 * one request at a time on each of at most `connections` connections, what is more waits.
 */
export function buildWirePool(base: URL, bounds: WireBounds): WirePool {
  const free: Connection[] = []
  const open = new Set<Connection>()
  const queue = new Set<Asked>()
  let closed = false
  const owner: Owner = {
    isFree(connection) {
      const [next] = queue
      if (next === undefined) free.push(connection)
      else askOn(connection, next)
    },
    isGone(connection) {
      open.delete(connection)
      const at = free.indexOf(connection)
      if (at >= 0) free.splice(at, 1)
      const [next] = queue
      if (next !== undefined && !closed) askOn(connected(), next)
    },
    askAnew: (asked) => start(asked, connected),
  }
  const connected = () => {
    const connection = new Connection(owner, { base, maxBodyBytes: bounds.maxBodyBytes })
    open.add(connection)
    return connection
  }
  const askOn = (connection: Connection, asked: Asked) => {
    queue.delete(asked)
    asked.onLate = () => connection.destroy()
    connection.ask(asked)
  }
  const freeOne = () => {
    for (let one = free.pop(); one !== undefined; one = free.pop()) {
      if (!one.isStale()) return one
      one.destroy()
    }
    return undefined
  }
  const start = (asked: Asked, connection: () => Connection | undefined) => {
    const on = connection() ?? (open.size < bounds.connections ? connected() : undefined)
    if (on !== undefined) askOn(on, asked)
    else {
      queue.add(asked)
      asked.onLate = () => queue.delete(asked)
    }
  }
  const { timeoutMs } = bounds
  return {
    ask: (request) =>
      new Promise<Answer>((resolve, reject) => {
        if (closed) throw new Error(ended)
        start(new Asked(request, { host: base.host, timeoutMs }, { resolve, reject }), freeOne)
      }),
    close() {
      closed = true
      for (const asked of queue) asked.fail(new Error(ended))
      queue.clear()
      for (const connection of open) connection.destroy(new Error(ended))
    },
  }
}

const ended = 'the replay was ended'
