/** When something that goes on in parts has taken too long: its present part, or all of it. Times are of the sweeper's clock, in ms. */
export class Deadline {
  readonly #totalDueMs: number
  #boundMs = 0
  #dueMs = 0
  #moved = false

  constructor(totalDueMs: number) {
    this.#totalDueMs = totalDueMs
  }

  /** A part begins that may last so long without moving. */
  begin(boundMs: number, nowMs: number): void {
    this.#boundMs = boundMs
    this.#dueMs = nowMs + boundMs
    this.#moved = false
  }

  /** Something moved: the part's time begins anew at the next look. It costs no look at a clock. */
  move(): void {
    this.#moved = true
  }

  /** What is too late by now. */
  passed(nowMs: number): 'part' | 'total' | undefined {
    if (nowMs >= this.#totalDueMs) return 'total'
    if (this.#moved) this.begin(this.#boundMs, nowMs)
    return nowMs >= this.#dueMs ? 'part' : undefined
  }
}
