import { messageOf } from '../../../base/index.ts'
import type { ArmAnswer } from '../arm-answer.ts'
import type { ReplayRequest } from '../replay-request.ts'
import { Asked, type Whereabouts } from './asked.ts'
import { Connection, type Owner } from './connection.ts'
import { buildOutbox } from './outbox.ts'

/** Within which bounds an arm is asked. */
export interface WireBounds {
  readonly connections: number
  /** For one answer, from asking to its last byte. */
  readonly timeoutMs: number
  readonly maxBodyBytes: number
}

/** Connections to one arm that are used again and again. */
export interface WirePool {
  /** Tells once what became of the request: its answer, whose body is not decoded, or why there is no whole one in time. */
  ask(request: ReplayRequest, told: (outcome: ArmAnswer) => void): void
  /** Ends every connection; what was not answered has failed. */
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
  const inQueue: Whereabouts = { giveUp: (asked) => queue.delete(asked) }
  const outbox = buildOutbox()
  const readBuffer = Buffer.allocUnsafeSlow(readBytes)
  let closed = false
  const owner: Owner = {
    isFree(connection) {
      if (queue.size === 0) free.push(connection)
      else askNext(() => connection)
    },
    isGone(connection) {
      open.delete(connection)
      const at = free.indexOf(connection)
      if (at >= 0) free.splice(at, 1)
      if (!closed) askNext(connected)
    },
    askAnew: (asked) => start(asked, connected),
  }
  const connected = () => {
    const connection = new Connection(owner, { base, maxBodyBytes: bounds.maxBodyBytes, outbox, readBuffer })
    open.add(connection)
    return connection
  }
  const askNext = (connection: () => Connection) => {
    const [next] = queue
    if (next === undefined) return
    queue.delete(next)
    connection().ask(next)
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
    if (on !== undefined) on.ask(asked)
    else {
      queue.add(asked)
      asked.where = inQueue
    }
  }
  const { timeoutMs } = bounds
  return {
    ask(request, told) {
      try {
        if (closed) throw new Error(ended)
        start(new Asked(request, { host: base.host, timeoutMs, told }), freeOne)
      } catch (thrown) {
        told({ ok: false, why: messageOf(thrown), tookMs: 0 })
      }
    },
    close() {
      closed = true
      for (const asked of queue) asked.fail(ended)
      queue.clear()
      for (const connection of open) connection.destroy(ended)
    },
  }
}

const readBytes = 32 * 1024

const ended = 'the replay was ended'
