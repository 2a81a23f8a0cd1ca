/** How often is looked at what waits, in ms. */
const sweepMs = 50

/**
 * One clock and one timer for everything that waits, in place of a timer a request. Its time stands still while the
 * process does: what came in meanwhile is read before anybody is told that it is late.
 */
export class Sweeper {
  readonly #sweep: (nowMs: number) => boolean
  #timer: NodeJS.Timeout | undefined
  #lastMs = 0
  /** In ms since the first start; moved on at each sweep, by its period at most twice. */
  nowMs = 0

  /** `sweep` is called with the time and says whether anything still waits. */
  constructor(sweep: (nowMs: number) => boolean) {
    this.#sweep = sweep
  }

  /** Sweeps from now on, until nothing waits. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#lastMs = performance.now()
    this.#timer = setInterval(() => this.#tick(), sweepMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const now = performance.now()
    this.nowMs += Math.min(now - this.#lastMs, 2 * sweepMs)
    this.#lastMs = now
    if (!this.#sweep(this.nowMs)) this.stop()
  }
}
