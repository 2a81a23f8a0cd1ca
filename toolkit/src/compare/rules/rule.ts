import { formatDurationMs } from '../../base/index.ts'

/**
 * How a difference is treated that people have accepted, with their reason. It holds for exactly the path that it says,
 * not for what lies below.
 */
export type CompareRule = {
  /** `$.lastSeenAt`, `$.items[*].id` (any index), `$["odd key"]`, `header:cache-control`, `status`. */
  readonly path: string
  readonly reason: string
  /** The last day on which it holds, as an ISO date (`2027-01-31`), in UTC: after it the gate fails. */
  readonly until?: string | undefined
  /** Of the exchanges compared, the share (0 to 1) in which it may hide something: beyond it the gate fails. */
  readonly atMostShare?: number | undefined
} & RuleHow

/** What a rule accepts at its path. Without any, arrays are lists and values must be equal. */
export type RuleHow =
  /** Any difference at this path. */
  | { readonly ignore: true }
  /** An array whose order does not count. */
  | { readonly set: true }
  /** An array whose items belong together by the value of this field; their order does not count. */
  | { readonly keyed: string }
  /** Numbers that are no further apart than this; also two decimal numbers written as text. */
  | { readonly tolerance: number }
  /** Instants that are no further apart than this, however they are written. */
  | { readonly instantMs: number }
  /** Values that each arm made up itself for one thing: they may differ, unless they are known to belong to two things. */
  | { readonly id: true }

/** How a rule accepts, as it is written: `ignore`, `keyed: sku`, `tolerance: 0.01`, `instant: 1.0 s`. */
export function formatHow(rule: RuleHow): string {
  if ('keyed' in rule) return `keyed: ${rule.keyed}`
  if ('tolerance' in rule) return `tolerance: ${rule.tolerance}`
  if ('instantMs' in rule) return `instant: ${formatDurationMs(rule.instantMs)}`
  if ('set' in rule) return 'set'
  return 'id' in rule ? 'id' : 'ignore'
}

/** Whether a rule's last day is over. */
export function isExpired({ until }: CompareRule, nowMs: number): boolean {
  return until !== undefined && nowMs >= Date.parse(`${until.slice(0, 10)}T00:00:00Z`) + 86_400_000
}
