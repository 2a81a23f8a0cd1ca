import type { WorkerProcess } from './worker-process.ts'

/** How often each worker is asked for a sign of life, in ms, and how many of them it may owe before it is given up. */
export const signsOfLife = { everyMs: 1_000, mayOwe: 10 } as const

/** What is watched. */
export interface WatchedWorkers<Worker> {
  workers(): Iterable<Worker>
  /** Told once of each worker that owes too many signs of life: its event loop stands still. */
  stuck(worker: Worker): void
  readonly everyMs?: number
}

/**
 * Asks workers for signs of life until it is closed: one whose event loop stands still answers nobody on its connections, and cannot say
 * so. What counts is how often it was asked, not the time: while the whole machine pauses, nobody is.
 */
export function watchWorkers<Worker extends Pick<WorkerProcess, 'ask'>>({
  workers,
  stuck,
  everyMs = signsOfLife.everyMs,
}: WatchedWorkers<Worker>): { close(): void } {
  const timer = setInterval(() => {
    for (const worker of workers()) if (worker.ask() === signsOfLife.mayOwe) stuck(worker)
  }, everyMs)
  timer.unref()
  return { close: () => clearInterval(timer) }
}
