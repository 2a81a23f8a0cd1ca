import { formatProgress, type Progress } from '../data-sync/index.ts'

/** Where the lines go; pino's loggers fit. */
export interface ProgressLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

const quietMs = 10_000

/** Logs where the sync stands: at each change of phase, trouble or quarantine, while it copies, and otherwise every ten seconds. */
export function buildProgressLog(log: ProgressLog, now: () => number = () => performance.now()) {
  let said = ''
  let saidAt = Number.NEGATIVE_INFINITY
  return (progress: Progress): void => {
    const { phase, quarantined, trouble } = progress
    const state = [phase, quarantined, trouble, phase === 'running' ? progress.copied : ''].join()
    if (state === said && now() - saidAt < quietMs) return
    said = state
    saidAt = now()
    const details = { phase, lagMs: progress.lag?.ms, quarantined }
    if (trouble === undefined && quarantined === 0) log.info(details, formatProgress(progress))
    else log.warn(details, formatProgress(progress))
  }
}
