/** What a cutover is asked to do, read from the command line or a plan. */
export interface CutoverWish {
  readonly to: 'legacy' | 'service'
  readonly bounds: CutoverBounds
  readonly reason: string | undefined
  readonly json: boolean
}

/** What it may cost, and what it demands before. */
export interface CutoverBounds {
  readonly maxHoldMs: number
  /** Demanded of an observing fence: no unknown writer was seen for so long. */
  readonly quietForMs?: number
  /** The last whole verification must have begun within so long; undefined: 15 minutes. */
  readonly verifiedWithinMs?: number
}
