import { Fault } from '../../base/index.ts'
import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { FeedPosition } from '../ports/feed.ts'
import type { SyncJob } from '../sync-job.ts'
import { compareKeys } from './compare-keys.ts'
import type { Drifted } from './report.ts'

/** Aggregates that differed when they were looked at: drift, or a change that is on its way. */
export interface Suspects {
  readonly size: number
  /** How many aggregates were ever looked at again. */
  readonly rechecked: number
  add(keys: readonly AggregateKey[]): void
  /** Looks again at the next of them; gives those that are drift for sure. */
  recheck(): Promise<Rechecked>
}

/** What a second look came to. */
export interface Rechecked {
  readonly confirmed: readonly Drifted[]
  /** Follow is too far behind to tell anything; the checkpoint that it had. */
  readonly behindAt: FeedPosition | undefined
}

const atOnce = 500
const mostBehind = 20_000

/** The queue of one verification. */
export function buildSuspects(job: SyncJob): Suspects {
  const waiting = new Map<string, AggregateKey>()
  const seenAgain = new Set<string>()
  let counted = 0

  function count(keys: readonly AggregateKey[]): void {
    for (const key of keys) seenAgain.add(keyName(key))
    if (seenAgain.size < mostBehind) return
    counted += seenAgain.size
    seenAgain.clear()
  }

  return {
    get size() {
      return waiting.size
    },
    get rechecked() {
      return counted + seenAgain.size
    },
    add: (keys) => {
      for (const key of keys) waiting.set(keyName(key), key)
    },
    recheck: async () => {
      const position = await followedTo(job)
      const keys = firstOf(waiting, atOnce)
      const differing = await compareKeys(job, keys)
      const onTheirWay = differing.length === 0 ? new Set<string>() : await changedSince(job, position)
      if (onTheirWay === undefined) return { confirmed: [], behindAt: position }
      count(keys)
      for (const key of keys) waiting.delete(keyName(key))
      // Back to the end of the queue, for the next to have their turn.
      const again = differing.filter(({ key }) => onTheirWay.has(keyName(key)))
      for (const { key } of again) waiting.set(keyName(key), key)
      return { confirmed: differing.filter(({ key }) => !onTheirWay.has(keyName(key))), behindAt: undefined }
    },
  }
}

function firstOf(waiting: ReadonlyMap<string, AggregateKey>, count: number): readonly AggregateKey[] {
  const keys: AggregateKey[] = []
  for (const key of waiting.values()) {
    if (keys.length === count) break
    keys.push(key)
  }
  return keys
}

/** The checkpoint, where it belongs to the feed that is there; undefined: nothing is followed, so nothing is on its way. */
async function followedTo({ feed, target }: SyncJob): Promise<FeedPosition | undefined> {
  const state = await target.readJob()
  return state.feed !== undefined && state.feed === (await feed.identity()) ? state.position : undefined
}

/**
 * What changed behind the checkpoint, also beyond the horizon, read after both sides were loaded. Whoever differs and is not among these differs for good:
 * its source has stood still since a moment that follow has passed. Undefined: there is too much of it.
 */
async function changedSince(
  { feed }: SyncJob,
  position: FeedPosition | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (position === undefined) return new Set()
  try {
    return new Set((await feed.tail(position, mostBehind)).map(keyName))
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'sync-tail-long') return undefined
    throw thrown
  }
}
