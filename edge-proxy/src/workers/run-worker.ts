import { type Clock, exitCodes, Fault, messageOf, systemClock } from '@banyan/toolkit/base'
import { buildEdge, type Edge } from '../edge.ts'
import type { LogDestination } from '../settle/access-log.ts'
import type { FromWorker, SentFault, ToWorker, WorkerOrders } from './messages.ts'
import { buildPeers, type OpenPeers } from './peers.ts'

/** What a worker has of its process. */
export interface WorkerWorld {
  readonly log: LogDestination
  send(message: FromWorker): void
  /** Ends the process, once what it has to say is said. */
  end(): void
}

/** A worker, as its process drives it. */
export interface RunningWorker {
  take(message: ToWorker): void
  /** The primary is gone: drains, and ends. */
  abandoned(): void
}

/** Runs one worker: a whole edge that does what the primary says, and asks it before it lets clients in. */
export function runWorker(world: WorkerWorld): RunningWorker {
  let edge: Edge | undefined
  let peers: OpenPeers | undefined
  let accept: () => void = () => undefined
  let ending = false
  const accepted = new Promise<void>((resolve) => {
    accept = resolve
  })
  const open = async (orders: WorkerOrders) => {
    peers = buildPeers(orders.workers, (news) => world.send({ kind: 'news', news }))
    edge = buildEdge({
      ...edgeOptions(orders),
      log: world.log,
      clock: clockOf(orders),
      worker: {
        ...{ text: orders.text, peers },
        prepared: (adminAddress) => {
          world.send({ kind: 'prepared', adminAddress })
          return accepted
        },
      },
    })
    await edge.listen()
    world.send({ kind: 'accepting', address: edge.address })
  }
  const end = async () => {
    if (ending) return
    ending = true
    const drained = await edge?.close().catch(() => undefined)
    world.send({ kind: 'closed', drained: drained ?? { cut: [], tunnels: 0 } })
    world.end()
  }
  const failed = (error: unknown) => {
    world.send({ kind: 'failed', fault: sentFault(error) })
    world.end()
  }
  return {
    take: (message) => {
      switch (message.kind) {
        case 'open':
          open(message.orders).catch(failed)
          break
        case 'accept':
          accept()
          break
        case 'leave':
          void edge?.leave(message.boundMs).then(() => world.send({ kind: 'left' }))
          break
        case 'close':
          void end()
          break
        case 'news':
          peers?.hear(message.news)
          break
        case 'alive?':
          world.send({ kind: 'alive' })
          break
        default: {
          const never: never = message
          return never
        }
      }
    },
    abandoned: () => void end(),
  }
}

function edgeOptions({ routesFile, stateDir, listen, tls, drainMs }: WorkerOrders) {
  return {
    ...{ routesFile, stateDir, listen, tls },
    ...(drainMs === undefined ? {} : { drainMs }),
    // Of this worker alone, and only the primary knows where.
    admin: { host: '127.0.0.1', port: 0, exclusive: true },
  } as const
}

/** The time of the edge: the monotonic clock is that of the machine, and the same in all its processes. */
function clockOf({ clockOffsetMs }: WorkerOrders): Clock {
  const toMachine = Number(process.hrtime.bigint() / 1_000n) / 1_000 - performance.now()
  return { ...systemClock, now: () => clockOffsetMs + toMachine + performance.now() }
}

function sentFault(error: unknown): SentFault {
  if (error instanceof Fault)
    return { code: error.code, message: error.message, hint: error.hint, exitCode: error.exitCode }
  return { code: 'unexpected', message: messageOf(error), hint: undefined, exitCode: exitCodes.unexpected }
}
