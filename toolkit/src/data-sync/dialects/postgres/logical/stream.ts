import type { PostgresConnection } from '../connection.ts'
import { postgresFault } from '../fault.ts'
import type { LogicalReplicationService, PgoutputMessage } from './driver.ts'
import { loadReplication } from './driver.ts'

/** The replication stream of one slot, of which each message is handled before the next is taken: so the server waits, not our memory. */
export interface ReplicationStream {
  /** Why it ended, when it has; undefined while it runs. */
  failure(): unknown
  /** Tells the server that everything before `lsn` is applied in the target: it may forget the WAL below. */
  acknowledge(lsn: bigint): Promise<void>
  close(): Promise<void>
}

const statusMs = 5000

/** Opens the stream from what the slot has confirmed. Rejects when the slot cannot be had. */
export async function openStream(
  connection: PostgresConnection,
  slot: string,
  handle: (message: PgoutputMessage) => Promise<void>,
): Promise<ReplicationStream> {
  const { Service, buildPlugin } = await loadReplication()
  const service: LogicalReplicationService = new Service(connection.config, {
    acknowledge: { auto: false, timeoutSeconds: 0 },
    flowControl: { enabled: true },
  })
  let failure: unknown
  let confirmed = 0n
  const fail = (thrown: unknown) => {
    failure ??= postgresFault(thrown, connection.label)
  }
  service.on('data', async (_lsn: string, message: PgoutputMessage) => await handle(message))
  service.on('heartbeat', (_lsn: string, _at: number, shouldRespond: boolean) => {
    if (shouldRespond) report()
  })
  // A server that hears nothing for wal_sender_timeout ends the stream.
  const timer = setInterval(report, statusMs)
  timer.unref()
  const started = new Promise<void>((resolve, reject) => {
    service.on('start', () => resolve())
    service.on('error', (thrown: unknown) => {
      fail(thrown)
      reject(failure)
    })
  })
  started.catch(() => undefined)
  service
    .subscribe(buildPlugin(slot), slot)
    .then(() => fail(new Error('connection terminated: the replication stream ended')))
    .catch(fail)
    .finally(() => service.emit('error', failure))
  await started
  return {
    failure: () => failure,
    acknowledge: async (lsn) => {
      if (lsn > confirmed) confirmed = lsn
      report()
    },
    close: async () => {
      clearInterval(timer)
      await service.stop().catch(() => undefined) // It may have ended by itself.
    },
  }

  function report(): void {
    // The library confirms one byte more than it is told.
    if (failure === undefined) service.acknowledge(lsnText(confirmed === 0n ? 0n : confirmed - 1n)).catch(fail)
  }
}

/** `16/B374D848` as a number. */
export function lsnOf(text: string | null | undefined): bigint {
  const [high = '0', low = '0'] = (text ?? '0/0').split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

/** A log sequence number as PostgreSQL writes it. */
export function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`
}
