import cluster from 'node:cluster'
import { openLogDestination } from '../settle/log-destination.ts'
import type { ToWorker } from './messages.ts'
import { runWorker } from './run-worker.ts'

const log = openLogDestination(1)

const worker = runWorker({
  log,
  send: (message) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
  },
  end: () => {
    // The channel is a queue: what was said before is said by then.
    void log.flush().then(() => setImmediate(() => process.exit(0)))
  },
})

// A terminal sends Ctrl-C to every process of the group, and a supervisor SIGTERM: it is the primary who says what to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('message', (message: ToWorker) => worker.take(message))
// Else node:cluster ends this process at once when the primary is gone, with all that is in flight.
if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true
process.on('disconnect', () => worker.abandoned())
process.send?.({ kind: 'booted' })
