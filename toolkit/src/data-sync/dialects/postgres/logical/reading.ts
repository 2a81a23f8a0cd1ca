import type { AggregateShapes } from '../catalog.ts'
import type { PostgresConnection } from '../connection.ts'
import type { OutboxPlace } from '../position.ts'
import { buildDecoder, type FeedEntry } from './decode.ts'
import { openStream, type ReplicationStream } from './stream.ts'

/** What has come through the stream and is not yet taken: bounded, for the stream waits while it is full. */
export interface Reading {
  /** Entries behind a place, the first `limit` of them; forgets those before it, to make room. */
  take(place: OutboxPlace, limit: number): readonly FeedEntry[]
  /** Entries behind a place, all that came. */
  behind(place: OutboxPlace): readonly FeedEntry[]
  /** Whether what lies behind a place is still here: it was not taken before. */
  reaches(place: OutboxPlace): boolean
  /** Whether nothing more comes until something is taken. */
  isFull(): boolean
  /** Up to where everything has come: the end of the last transaction that did. */
  through(): bigint
  /** Resolves when something came, after `atMostMs`, or at abort. */
  more(atMostMs: number, signal?: AbortSignal): Promise<void>
  /** Lets the server forget the transactions before a place. */
  settle(place: OutboxPlace): Promise<void>
  /** Throws why the stream ended, if it did. */
  assertAlive(): void
  close(): Promise<void>
}

const mostEntries = 20_000

/** What a reading is opened with. */
export interface ReadingParts {
  readonly connection: PostgresConnection
  readonly slot: string
  readonly feed: string
  readonly capability: string
  readonly shapes: AggregateShapes
}

/** Opens the stream of a slot. Throws `sync-database-busy` when another process reads it. */
export async function openReading(parts: ReadingParts): Promise<Reading> {
  const decode = buildDecoder(parts.feed, parts.capability, parts.shapes)
  let entries: FeedEntry[] = []
  let through = 0n
  let wake: () => void = () => undefined
  let taken: () => void = () => undefined

  const stream: ReplicationStream = await openStream(parts.connection, parts.slot, async (message) => {
    const decoded = decode(message)
    if ('end' in decoded) through = decoded.end
    else if (decoded.length > 0) entries.push(...decoded)
    if ('end' in decoded || entries.length >= mostEntries) wake()
    while (entries.length >= mostEntries) {
      await new Promise<void>((resolve) => {
        taken = resolve
      })
    }
  })

  const behind = ({ xid, seq }: OutboxPlace) => {
    const start = entries.findIndex(({ lsn, n }) => lsn > xid || (lsn === xid && BigInt(n) > seq))
    return start < 0 ? [] : entries.slice(start)
  }
  let forgotten: OutboxPlace = { xid: 0n, seq: 0n }

  return {
    take: (place, limit) => {
      entries = behind(place)
      forgotten = place
      taken()
      return entries.slice(0, limit)
    },
    behind,
    reaches: ({ xid, seq }) => xid > forgotten.xid || (xid === forgotten.xid && seq >= forgotten.seq),
    isFull: () => entries.length >= mostEntries,
    through: () => through,
    more: (atMostMs, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, atMostMs)
        signal?.addEventListener('abort', done, { once: true })
        wake = done
        if (signal?.aborted === true) done()
      }),
    // A transaction that is applied only in part must come again, and so does the last one of all.
    settle: ({ xid }) => stream.acknowledge(xid),
    assertAlive: () => {
      const failure = stream.failure()
      if (failure !== undefined) throw failure
    },
    close: async () => {
      entries = []
      taken()
      wake()
      await stream.close()
    },
  }
}
