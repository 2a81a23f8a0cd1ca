import type { Logger } from 'pino'
import type { AskWorker } from './ask-worker.ts'
import type { EdgeOfWorkersOptions } from './edge-of-workers.ts'
import type { PeerNews, WorkerOrders } from './messages.ts'
import type { Streams } from './streams.ts'
import type { Told } from './told.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What a worker that joins is brought to. */
export interface Joining {
  readonly told: Told
  readonly client: AskWorker
  readonly streams: Streams
  readonly log: Logger
}

/** What a worker is told to be. */
export function ordersOf(options: EdgeOfWorkersOptions, text: string, clockOffsetMs: number): WorkerOrders {
  const { routesFile, stateDir, tls, drainMs, workers } = options
  return { routesFile, stateDir, listen: options.listen, tls, drainMs, workers, text, clockOffsetMs }
}

/** Passes on what one worker tells all others. */
export function tellOthers(workers: readonly WorkerProcess[], news: readonly PeerNews[], from: number): void {
  for (const worker of workers) if (worker.id !== from) worker.tell(news)
}

/** What the others were told, and the streams that they write. A call that is refused now was overtaken by a later one. */
export async function prepare(worker: WorkerProcess, { told, client, streams, log }: Joining): Promise<void> {
  for (const { path, body } of told.calls()) {
    const answer = await client.ask(worker.adminAddress(), { method: 'POST', path, body: { ...body }, boundMs: 5_000 })
    if (answer.kind === 'silent') throw new Error(answer.why)
    if (answer.status >= 300)
      log.warn({ path, status: answer.status, pid: worker.pid }, 'a new worker refuses what others know')
  }
  await streams.join(worker)
}
