import type { Clock } from '../../base/index.ts'
import type { Cutover } from '../cutover/build-cutover.ts'
import type { Recovered } from '../cutover/report.ts'

/** Work that goes on while somebody looks after pending cutovers. */
export interface Attended {
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  readonly onRecovered: ((recovered: Recovered) => void) | undefined
  work(signal: AbortSignal | undefined): Promise<void>
}

const lookEveryMs = 1000

/**
 * Works, and once a second ends a pending cutover whose coordinator is lost: also while this worker only stands by, for the worker that holds the lease may have
 * been lost together with the coordinator. Two that recover at once do no harm, for each step is compared before it is set.
 */
export async function besideRecovery(cutover: Pick<Cutover, 'recover'>, attended: Attended): Promise<void> {
  const { clock, signal, onRecovered, work } = attended
  const ended = new AbortController()
  const over = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])
  const recovering = recoverUntil(over)
  try {
    await work(signal)
  } finally {
    ended.abort()
    await recovering
  }

  async function recoverUntil(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      // A database or an edge that cannot be reached now is tried again; the worker itself tells of databases.
      const recovered = await cutover.recover().catch(() => undefined)
      if (recovered !== undefined) onRecovered?.(recovered)
      await clock.sleep(lookEveryMs, until).catch(() => undefined)
    }
  }
}
