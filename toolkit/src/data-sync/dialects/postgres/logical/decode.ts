import type { AggregateKey, KeyColumns } from '../../../capability.ts'
import type { AggregateShapes } from '../catalog.ts'
import { keyOfTexts, keyShape, outboxKey } from '../key-text.ts'
import { splitTable } from '../names.ts'
import type { PostgresColumn } from '../schema.ts'
import type { PgoutputMessage } from './driver.ts'
import { lsnOf } from './stream.ts'

/** One thing of a feed, at its place: the position where its transaction committed, and its number within. Neither key nor beat: a head that was asked for. */
export interface FeedEntry {
  readonly lsn: bigint
  readonly n: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly key?: AggregateKey
  readonly beatAt?: number
}

/** Where a transaction ended. */
export interface Committed {
  readonly end: bigint
}

/** What the messages that the sync writes into the log are called. */
export const messagePrefix = (feed: string) => `banyan ${feed}`
/** The message that says that a transaction is the sync's own; its content is the capability. */
export const originPrefix = 'banyan origin'

/**
 * Turns the messages of a stream into entries, one transaction after the other. Transactions of the capability's own sync give none.
 * The same log always gives the same entries, so that a position within a transaction holds across restarts.
 */
export function buildDecoder(feed: string, capability: string, shapes: AggregateShapes) {
  const tables = membershipsByTable(shapes)
  const rootKey = keyShape(shapes.root, shapes.tables.key)
  let transaction = { lsn: 0n, at: 0, n: 0, isOwn: false }

  return (message: PgoutputMessage): readonly FeedEntry[] | Committed => {
    switch (message.tag) {
      case 'begin':
        // The library counts in microseconds.
        transaction = { lsn: lsnOf(message.commitLsn), at: Number(message.commitTime) / 1000, n: 0, isOwn: false }
        return []
      case 'commit':
        return { end: lsnOf(message.commitEndLsn) }
      case 'message':
        return onMessage(message.prefix, Buffer.from(message.content).toString('utf8'))
      case 'insert':
        return keysIn(message.relation, [message.new])
      case 'update':
        return keysIn(message.relation, [message.key, message.old, message.new])
      case 'delete':
        return keysIn(message.relation, [message.key, message.old])
      default:
        return []
    }
  }

  function onMessage(prefix: string, content: string): readonly FeedEntry[] {
    if (prefix === originPrefix) transaction.isOwn ||= content === capability
    if (prefix !== messagePrefix(feed)) return []
    const [kind = '', rest = ''] = [content.slice(0, 4), content.slice(5)]
    if (kind === 'beat') return [entry({ beatAt: Number(rest) })]
    if (kind === 'head') return [entry({})]
    const key = kind === 'gone' && !transaction.isOwn ? outboxKey(rootKey, rest) : undefined
    return key === undefined ? [] : [entry({ key })]
  }

  function keysIn(
    relation: { readonly schema: string; readonly name: string },
    tuples: readonly (Readonly<Record<string, unknown>> | null)[],
  ): readonly FeedEntry[] {
    if (transaction.isOwn) return []
    const keys = new Map<string, AggregateKey>()
    for (const columns of tables.get(JSON.stringify([relation.schema, relation.name])) ?? []) {
      for (const tuple of tuples) {
        const texts = columns.map(({ name }) => textOf(tuple?.[name]))
        const key = keyOfTexts(columns, texts)
        if (key !== undefined) keys.set(texts.join('\0'), key)
      }
    }
    return [...keys.values()].map((key) => entry({ key }))
  }

  function entry(what: Omit<FeedEntry, 'lsn' | 'n' | 'at'>): FeedEntry {
    transaction.n++
    return { lsn: transaction.lsn, n: transaction.n, at: transaction.at, ...what }
  }
}

function membershipsByTable(shapes: AggregateShapes): ReadonlyMap<string, readonly (readonly PostgresColumn[])[]> {
  const tables = new Map<string, (readonly PostgresColumn[])[]>()
  const add = (table: AggregateShapes['root'], by: KeyColumns) => {
    const { schema, name } = splitTable(table.table)
    const id = JSON.stringify([schema, name])
    tables.set(id, [...(tables.get(id) ?? []), keyShape(table, by)])
  }
  add(shapes.root, shapes.tables.key)
  for (const { shape, by } of shapes.children) add(shape, by)
  return tables
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
