/**
 * How a difference is treated that people have accepted, with their reason. It holds for exactly the path that it says,
 * and only as long and as often as it says.
 */
export type CompareRule = {
  /** `$.lastSeenAt`, `$.items[*].id` (any index), `$["odd key"]`, `header:cache-control`, `status`. */
  readonly path: string
  readonly reason: string
  /** The last day on which it holds, as an ISO date (`2027-01-31`), in UTC: from then on it fails the gate. */
  readonly until?: string | undefined
  /** Of the exchanges compared, the share (0 to 1) in which it may hide something: beyond that it fails the gate. */
  readonly atMostShare?: number | undefined
} & RuleHow

/** What a rule accepts at its path. Without any, arrays are lists and values must be equal. */
export type RuleHow =
  /** Whatever differs there or below is accepted. */
  | { readonly ignore: true }
  /** An array whose order does not count. */
  | { readonly set: true }
  /** An array whose items belong together by the value of this field; their order does not count. */
  | { readonly keyed: string }
  /** Numbers that are no further apart than this. */
  | { readonly tolerance: number }
  /** Instants that are no further apart than this, however they are written. */
  | { readonly instantMs: number }
  /** Values that each arm made up itself for the same thing: they may differ, but never belong to two things. */
  | { readonly id: true }
