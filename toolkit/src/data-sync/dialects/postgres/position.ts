import type { FeedPosition } from '../../ports/feed.ts'

/** A place in the outbox: the transaction that wrote, and the number within the outbox. */
export interface OutboxPlace {
  readonly xid: bigint
  readonly seq: bigint
}

/** The position of a place: `xid:seq`. */
export function positionOf({ xid, seq }: OutboxPlace): FeedPosition {
  return `${xid}:${seq}`
}

/** The place of a position; the very beginning for one that this dialect never made. */
export function placeOf(position: FeedPosition): OutboxPlace {
  const [, xid = '0', seq = '0'] = /^(\d+):(\d+)$/.exec(position) ?? []
  return { xid: BigInt(xid), seq: BigInt(seq) }
}

/** Whether a position lies behind another, of whichever dialect: both order theirs by numbers, the first of several first. */
export function isBefore(position: FeedPosition, other: FeedPosition): boolean {
  const numbers = /^\d+(:\d+)*$/
  if (!numbers.test(position) || !numbers.test(other)) return false
  const theirs = other.split(':')
  for (const [place, part] of position.split(':').entries()) {
    const difference = BigInt(part) - BigInt(theirs[place] ?? '0')
    if (difference !== 0n) return difference < 0n
  }
  return false
}
