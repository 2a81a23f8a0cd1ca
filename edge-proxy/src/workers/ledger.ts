/** Readings of counters of workers that come and go, so that what was once shown is never taken back. */
export interface Ledger<Reading> {
  /** The counters of one worker as they are now. */
  saw(worker: number, reading: Reading): void
  /** The worker is gone: its last reading stays in the sum. */
  gone(worker: number): void
  /** Of the workers that are there, and the sum of those that are not. */
  readings(): readonly Reading[]
  /** The sum of those that are gone; empty: none is. */
  departed(): readonly Reading[]
  /** Changes the sum of those that are gone: forgets what no route table has any more. */
  keep(change: (sum: Reading) => Reading): void
}

/** Builds an empty ledger; `sum` adds up at least one reading. */
export function buildLedger<Reading>(sum: (readings: readonly Reading[]) => Reading): Ledger<Reading> {
  const live = new Map<number, Reading>()
  let departed: Reading | undefined
  return {
    saw: (worker, reading) => void live.set(worker, reading),
    gone: (worker) => {
      const last = live.get(worker)
      live.delete(worker)
      if (last !== undefined) departed = departed === undefined ? last : sum([departed, last])
    },
    readings: () => (departed === undefined ? [...live.values()] : [departed, ...live.values()]),
    departed: () => (departed === undefined ? [] : [departed]),
    keep: (change) => {
      if (departed !== undefined) departed = change(departed)
    },
  }
}
