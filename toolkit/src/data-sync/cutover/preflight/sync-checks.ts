import { formatDurationMs } from '../../../base/index.ts'
import { readStatus, type SyncStatus } from '../../status.ts'
import type { Check, Seeing } from './preflight.ts'

const usualVerifiedWithinMs = 15 * 60_000
const usualMaxLagMs = 1000

/** Everything was copied and verified, follow is close behind, and nothing was set aside. */
export async function syncChecks(seeing: Seeing): Promise<readonly Check[]> {
  const status = await readStatus(seeing.bench.jobs)
  return [
    await copied(seeing),
    worker(seeing, status),
    verified(seeing, status),
    lag(seeing, status),
    quarantine(status),
  ]
}

/** The last whole verification in words, for a report; undefined: none. */
export async function verifiedWords({ bench }: Seeing): Promise<string | undefined> {
  const { verified } = await readStatus(bench.jobs)
  if (verified === undefined) return undefined
  const agoMs = Math.max(0, bench.clock.now() - Date.parse(verified.startedAt))
  return `${verified.aggregates} aggregates verified ${verified.equal === true ? 'equal' : 'with drift'} ${formatDurationMs(agoMs)} before`
}

async function copied({ bench, to, from }: Seeing): Promise<Check> {
  const name = 'backfill'
  const { backfill, position } = await bench.jobs[to].target.readJob()
  if (backfill.phase === 'done') return { name, outcome: 'pass', detail: `${backfill.copied} aggregates were copied` }
  if (backfill.phase === 'never' && position !== undefined) {
    // The way back was never copied: it has followed since the cutover that it goes back from.
    const forth = await bench.jobs[from].target.readJob()
    const detail = `not needed: ${to} held everything when ${from} became the owner, and has followed since`
    if (forth.backfill.phase === 'done') return { name, outcome: 'pass', detail }
  }
  const detail = `it is ${backfill.phase === 'never' ? 'not begun' : backfill.phase}`
  return { name, outcome: 'fail', detail, hint: `banyan sync backfill ${bench.capability}` }
}

function worker({ bench }: Seeing, status: SyncStatus): Check {
  const name = 'worker'
  const paused = { name, outcome: 'fail', detail: 'the sync is paused', hint: 'banyan sync resume' } as const
  if (status.settings.paused) return paused
  if (status.worker?.alive === true) return { name, outcome: 'pass', detail: `${status.worker.holder} is at work` }
  if (bench.ensureWorker !== undefined)
    return { name, outcome: 'pass', detail: 'none is at work, so this process does it' }
  return { name, outcome: 'fail', detail: 'no sync worker is at work', hint: 'start one: banyan sync follow' }
}

function verified({ bench, options }: Seeing, { verified, direction }: SyncStatus): Check {
  const name = 'verification'
  const hint = `banyan sync verify ${bench.capability}`
  if (verified === undefined || verified.equal === undefined) {
    return { name, outcome: 'unknown', detail: 'the data was never verified whole in this direction', hint }
  }
  const { aggregates, startedAt } = verified
  const agoMs = bench.clock.now() - Date.parse(startedAt)
  const ago = `${formatDurationMs(Math.max(0, agoMs))} ago`
  if (verified.direction !== direction)
    return { name, outcome: 'unknown', detail: 'the last verification was of the other direction', hint }
  if (!verified.equal)
    return { name, outcome: 'fail', detail: `${ago} it found drift`, hint: `${hint}, then banyan sync repair` }
  if (verified.totals?.equal === false)
    return { name, outcome: 'fail', detail: `${ago} the declared totals differed`, hint }
  const withinMs = options.verifiedWithinMs ?? usualVerifiedWithinMs
  if (!(agoMs <= withinMs))
    return {
      name,
      outcome: 'fail',
      detail: `the last one was ${ago}, which is more than ${formatDurationMs(withinMs)}`,
      hint,
    }
  return { name, outcome: 'pass', detail: `${aggregates} aggregates were equal ${ago}` }
}

function lag({ options, bench }: Seeing, { lag, lagUnknown, worker }: SyncStatus): Check {
  const name = 'lag'
  const most = options.maxLagMs ?? usualMaxLagMs
  if (lag === undefined) {
    const isPinned = lagUnknown?.includes('pid ') === true
    // The tail is read behind the fence without the horizon, so this does not stop a cutover.
    if (isPinned)
      return {
        name,
        outcome: 'pass',
        detail: `unknown: ${lagUnknown} holds the horizon down; the tail is read without it`,
        hint: 'ending that transaction makes the cutover shorter',
      }
    if (worker?.alive !== true && bench.ensureWorker !== undefined)
      return { name, outcome: 'pass', detail: 'unknown until this process follows; the tail is bounded' }
    return {
      name,
      outcome: 'unknown',
      detail: lagUnknown ?? 'it is not known how far follow is behind',
      hint: 'banyan sync status',
    }
  }
  const detail = `${lag.changes} changes, ${formatDurationMs(lag.ms)}`
  return lag.ms <= most
    ? { name, outcome: 'pass', detail }
    : {
        name,
        outcome: 'fail',
        detail: `${detail}: more than ${formatDurationMs(most)}`,
        hint: 'wait until follow has caught up',
      }
}

function quarantine({ quarantined, requested }: SyncStatus): Check {
  const name = 'quarantine'
  if (quarantined + requested === 0) return { name, outcome: 'pass', detail: 'empty' }
  return {
    name,
    outcome: 'fail',
    detail: `${quarantined} aggregates are set aside, ${requested} wait to be applied again`,
    hint: 'banyan sync status --quarantine shows why; banyan sync retry tries again',
  }
}
