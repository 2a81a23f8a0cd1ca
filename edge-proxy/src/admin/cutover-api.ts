import type { Arm } from '@banyan/toolkit/routing'

/** Parks new writes of a capability. The same epoch again prolongs the hold. */
export interface HoldRequest {
  readonly capability: string
  /** The epoch that the cutover goes to. */
  readonly epoch: number
  /** The hold ends by itself after so long: to the owner while draining, with 503 once fenced. At most 60 000. */
  readonly maxHoldMs: number
  readonly maxRequests: number
  readonly maxBytes: number
}

/** The hold is on. */
export interface HoldAnswer {
  /** Writes that began before it and are in flight. */
  readonly inFlight: number
}

/** One hold by name. */
export interface HoldRef {
  readonly capability: string
  readonly epoch: number
}

/** Waits at most so long, 10 000 at most. */
export interface DrainedRequest extends HoldRef {
  readonly withinMs: number
}

/** `drained` is false when writes are still in flight, `inFlight` of them. */
export interface DrainedAnswer {
  readonly drained: boolean
  readonly inFlight: number
}

/** `held` is false when there is no hold of this epoch (any more). */
export interface FencedAnswer {
  readonly held: boolean
}

/** The owner as the databases say it. An epoch below one that the edge has seen is refused (409 `epoch-passed`). */
export interface OwnerRequest extends HoldRef {
  readonly owner: Arm
}

/** The route table that is live now. */
export interface OwnerAnswer {
  readonly revision: string
  /** False when the file said so already, or could not be written. */
  readonly edited: boolean
  /** Why the file does not say so (read-only, invalid, locked). The owner is live all the same, until the edge restarts. */
  readonly trouble?: string
}

/** Whom held requests go to. */
export interface ReleaseRequest extends HoldRef {
  readonly owner: Arm
}

/** What became of the requests that were held under this epoch; the same again when it is asked again. */
export interface ReleaseAnswer {
  /** Requests that met the hold, those that it refused at once included. */
  readonly held: number
  readonly released: number
  /** Answered 503 with Retry-After, never sent to an upstream. */
  readonly refused: number
  readonly left: number
  /** How long each of them waited, in ms, ascending; at most 10 000 values. */
  readonly waitsMs: readonly number[]
}
