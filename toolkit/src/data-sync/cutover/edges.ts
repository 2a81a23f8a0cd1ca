import type { Owner } from '../ports/owner.ts'

/** What a hold may cost, at each edge. */
export interface HoldBounds {
  /** After so long a held request is let go: to the old owner before `fenced`, with 503 after it. */
  readonly maxHoldMs: number
  readonly maxRequests: number
  readonly maxBytes: number
}

/** What became of the requests that one or all edges held. */
export interface HoldReport {
  /** Requests that were held. */
  readonly held: number
  /** Sent on to the new owner (or back to the old one), in order of arrival. */
  readonly released: number
  /** Answered 503 with Retry-After, never sent anywhere: past the bound of time, count or bytes. */
  readonly refused: number
  /** Left by their clients while they waited; never sent anywhere. */
  readonly left: number
  /** How long held requests waited, in ms; undefined when none was held. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
  readonly maxMs: number | undefined
}

/** One edge as a preflight sees it. */
export interface EdgeSeen {
  readonly url: string
  readonly answers: boolean
  /** Why it does not answer, or what speaks against a cutover: `its route table says owner: service`. */
  readonly trouble: string | undefined
  /** The owner that its live route table names. */
  readonly owner: 'legacy' | 'service' | undefined
}

/**
 * The edges of a capability, as a cutover asks them. It is handed in: data sync speaks no HTTP.
 *
 * Every function asks all edges at once. Those that say they throw `edge-unreachable` or `edge-refused` do so when one of them does not do it; the fault names it.
 * Epochs are the epoch that the cutover goes to. An edge refuses a hold whose epoch is not above the highest that it has released.
 */
export interface CutoverEdges {
  see(): Promise<readonly EdgeSeen[]>
  /** Parks new writes of the capability. Resolves when every edge has begun; throws, with every hold that was begun let go again, when one does not. */
  hold(epoch: number, bounds: HoldBounds): Promise<void>
  /** Resolves with true when no write that began before the hold is in flight at any edge, with false when one still is after `withinMs`. Throws. */
  drained(epoch: number, withinMs: number): Promise<boolean>
  /** From now on a hold that runs out answers 503. False when a hold of this epoch is no longer there at one of them (it ran out, the edge restarted). Throws. */
  fenced(epoch: number): Promise<boolean>
  /** The route table's owner flips, at every edge. Idempotent. Throws when one does not. */
  moveOwner(owner: Exclude<Owner, 'moving'>, epoch: number): Promise<void>
  /**
   * Lets held requests go to `owner` in order of arrival, and refuses holds of this epoch and below from now on. Idempotent. Never throws for an edge that does not
   * answer: what it held has gone with it, or runs out by itself. The report sums over those that answered.
   */
  release(owner: Exclude<Owner, 'moving'>, epoch: number): Promise<HoldReport>
}
