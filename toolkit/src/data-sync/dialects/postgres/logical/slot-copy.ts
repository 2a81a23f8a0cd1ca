import { randomUUID } from 'node:crypto'
import type { Place } from '../../../ports/database.ts'
import type { AggregateShapes } from '../catalog.ts'
import type { PostgresConnection } from '../connection.ts'
import { buildDecoder, type FeedEntry } from './decode.ts'
import { loadReplication } from './driver.ts'
import { currentSlot } from './install.ts'

/** What a copy of a slot is read with. */
interface CopyParts {
  readonly place: Place
  readonly feed: string
  readonly shapes: AggregateShapes
}

/**
 * All entries that a slot still holds, read through a copy of it that lives only that long: so the slot itself may meanwhile be read by
 * another process, and none of it is consumed.
 */
export async function readCopy(
  connection: PostgresConnection,
  { place, feed, shapes }: CopyParts,
): Promise<readonly FeedEntry[]> {
  const { buildPlugin } = await loadReplication()
  return await connection.write(async (session) => {
    const slot = await currentSlot(session, place)
    const copy = `banyan_copy_${randomUUID().replaceAll('-', '').slice(0, 16)}`
    await session.run('SELECT pg_catalog.pg_copy_logical_replication_slot($1, $2, true)', slot, copy)
    try {
      const rows = await session.rows(
        `SELECT pg_catalog.encode(data, 'hex') FROM pg_catalog.pg_logical_slot_peek_binary_changes($1, NULL, NULL,
          'proto_version', '1', 'publication_names', $2, 'messages', 'true')`,
        copy,
        slot,
      )
      const plugin = buildPlugin(slot)
      const decode = buildDecoder(feed, place.capability, shapes)
      return rows.flatMap(([data]) => {
        const decoded = decode(plugin.parse(Buffer.from(data ?? '', 'hex')))
        return 'end' in decoded ? [] : decoded
      })
    } finally {
      await session.run('SELECT pg_catalog.pg_drop_replication_slot($1)', copy)
    }
  })
}
