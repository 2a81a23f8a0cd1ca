import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { Fault, instant, systemClock } from '@banyan/toolkit/base'
import type { Drained } from '../listener/drain.ts'
import type { LogDestination } from '../settle/access-log.ts'
import { buildLogLines } from './log-lines.ts'
import type { FromWorker, PeerNews, ToWorker, WorkerOrders } from './messages.ts'

/** How long a process may take to read its modules, and to open its edge. */
const bootBoundMs = 30_000
const openBoundMs = 20_000

/** How a worker ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

/** One worker, as the primary sees it. */
export interface WorkerProcess {
  readonly id: number
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** Empty until it is prepared. */
  adminAddress(): string
  booted(): Promise<void>
  /** Its edge is put together; nobody is let in yet. Throws the Fault that keeps it from that. */
  open(orders: WorkerOrders): Promise<void>
  /** Lets clients in; resolves with the public address. Throws `port-taken` and its like. */
  accept(): Promise<string>
  /** Resolves when its connections are gone, or after `boundMs`, or when it is gone itself. */
  leave(boundMs: number): Promise<void>
  /** Drains it; undefined when it died meanwhile. */
  close(boundMs: number): Promise<Drained | undefined>
  tell(news: readonly PeerNews[]): void
  /** Asks for a sign of life; returns how often it was asked since its last one. */
  ask(): number
  kill(): void
  readonly ended: Promise<Ended>
  isGone(): boolean
}

/** What a worker is started with. */
export interface WorkerProcessOptions {
  /** Gets the lines that it logs. */
  readonly log: LogDestination
  heard(news: readonly PeerNews[], from: number): void
  /** The environment's `NODE_OPTIONS`, which a worker inherits: what it says of the young generation holds. */
  readonly nodeOptions: string | undefined
}

/**
 * What a worker's V8 is started with (docs/decisions/0015): half of the young generation in MiB, of V8's 16, so that a worker stays
 * below 100 MiB; and no threads of the collector, which would share the worker's core with it.
 */
const v8Flags = { '--max-semi-space-size': '=8', '--single-threaded-gc': '' }

/** Starts the process of a worker: the same Node with the same flags, and those of `v8Flags` unless they say otherwise. */
export function startWorkerProcess({ log, heard, nodeOptions }: WorkerProcessOptions): WorkerProcess {
  // The kernel hands out connections. Were they handed over by the primary, those on their way to a worker that is
  // killed would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const exec = fileURLToPath(new URL(`./worker-main.${extension}`, import.meta.url))
  cluster.setupPrimary({ exec, args: [], execArgv: flagsOf(nodeOptions), stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const worker = cluster.fork()
  const lines = buildLogLines(log)
  worker.process.stdout?.on('data', (chunk: Buffer) => lines.take(chunk))
  worker.on('error', () => undefined)
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'news') heard(message.news, worker.id)
  })
  return handleOf(worker)
}

function flagsOf(nodeOptions = ''): string[] {
  const { execArgv } = process
  // Node takes underscores in its flags as well, and V8 a "no" before those that are on or off.
  const given = [...execArgv, nodeOptions].join(' ').replaceAll('_', '-').replaceAll('--no-', '--')
  const ours = Object.entries(v8Flags).filter(([flag]) => !given.includes(flag))
  return [...execArgv, ...ours.map((flag) => flag.join(''))]
}

function handleOf(worker: Worker): WorkerProcess {
  let adminAddress = ''
  let gone = false
  const ended = new Promise<Ended>((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => {
      gone = true
      resolve({ code, signal })
    })
  })
  const send = (message: ToWorker) => {
    if (worker.isConnected()) worker.send(message, () => undefined)
  }
  let owed = 0
  worker.on('message', ({ kind }: FromWorker) => {
    if (kind === 'alive') owed = 0
  })
  const answers = expectAnswers(worker)
  const booting = answers('booted', bootBoundMs)
  booting.catch(() => undefined)
  return {
    id: worker.id,
    pid: worker.process.pid ?? 0,
    startedAt: instant(systemClock),
    adminAddress: () => adminAddress,
    booted: async () => void (await booting),
    open: async (orders) => {
      const prepared = answers('prepared', openBoundMs)
      send({ kind: 'open', orders })
      adminAddress = (await prepared).adminAddress
    },
    accept: async () => {
      const accepting = answers('accepting', openBoundMs)
      send({ kind: 'accept' })
      return (await accepting).address
    },
    leave: async (boundMs) => {
      const left = answers('left', boundMs + 5_000)
      send({ kind: 'leave', boundMs })
      await left.catch(() => undefined)
    },
    close: async (boundMs) => {
      const closed = answers('closed', boundMs + 15_000).catch(() => undefined)
      send({ kind: 'close' })
      const drained = (await closed)?.drained
      if (drained === undefined) worker.process.kill('SIGKILL')
      await ended
      return drained
    },
    tell: (news) => send({ kind: 'news', news }),
    ask: () => {
      send({ kind: 'alive?' })
      owed += 1
      return owed
    },
    kill: () => void worker.process.kill('SIGKILL'),
    ended,
    isGone: () => gone,
  }
}

type Answer<Kind extends FromWorker['kind']> = Extract<FromWorker, { readonly kind: Kind }>

/** Waits for one message of a kind; rejects when the worker says that it failed, ends, or takes too long. */
function expectAnswers(worker: Worker) {
  return <Kind extends FromWorker['kind']>(kind: Kind, boundMs: number): Promise<Answer<Kind>> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(bound)
        worker.off('message', heard)
        worker.off('exit', exited)
      }
      const fail = (error: Error) => {
        stop()
        reject(error)
      }
      const heard = (message: FromWorker) => {
        if (isOf(message, kind)) {
          stop()
          resolve(message)
        } else if (message.kind === 'failed') fail(faultOf(message))
      }
      const exited = (code: number | null, signal: string | null) => fail(diedFault(worker, code ?? signal))
      const bound = setTimeout(() => fail(silentFault(worker, kind, boundMs)), boundMs)
      worker.on('message', heard)
      worker.once('exit', exited)
    })
}

function isOf<Kind extends FromWorker['kind']>(message: FromWorker, kind: Kind): message is Answer<Kind> {
  return message.kind === kind
}

function faultOf({ fault }: Answer<'failed'>): Fault {
  const { code, message, hint, exitCode } = fault
  return new Fault(code, message, { ...(hint === undefined ? {} : { hint }), exitCode })
}

function diedFault(worker: Worker, how: number | string | null): Fault {
  return new Fault('worker-died', `worker ${worker.process.pid} ended (${how}) before it answered`, {
    hint: 'what it wrote to standard error says why',
  })
}

function silentFault(worker: Worker, kind: string, boundMs: number): Fault {
  return new Fault('worker-silent', `worker ${worker.process.pid} is not ${kind} after ${boundMs / 1000} s`, {
    hint: 'the machine may be overloaded: fewer workers need less',
  })
}
