import { openSyncDatabase, type SyncDatabase } from '@banyan/toolkit/data-sync'
import Database from 'better-sqlite3'
import pg from 'pg'
import { capability } from './orders.ts'
import type { Measured } from './report.ts'
import type { Side } from './side.ts'

const rounds = 5
const writesOf = { SQLite: 8000, PostgreSQL: 1500 }

/** What an application pays per write for the feed's triggers, and for those of an enforcing fence besides, in per cent of its rate. */
export async function measurePrice(side: Side): Promise<readonly Measured[]> {
  const url = await side.legacy()
  const database = await openSyncDatabase(url)
  const application = await openApplication(side, url)
  try {
    const states = triggersOf(database)
    const rates: Record<keyof typeof states, number[]> = { bare: [], captured: [], fenced: [] }
    await application.writeAll() // The caches are cold the first time.
    for (let round = 0; round < rounds; round++) {
      for (const name of ['bare', 'captured', 'fenced'] as const) {
        await states[name]()
        await side.settle(url)
        rates[name].push(await application.writeAll())
      }
    }
    const bare = median(rates.bare)
    const price = (of: number[]) => 100 * (1 - median(of) / bare)
    return [
      { what: `single UPDATEs, bare, ${side.name}`, value: bare, unit: '/s' },
      { what: '  slower by the capture', value: price(rates.captured), unit: '%' },
      { what: '  slower by capture and fence', value: price(rates.fenced), unit: '%' },
    ]
  } finally {
    await application.close()
    await triggersOf(database).bare()
    await database.close()
  }
}

function triggersOf(database: SyncDatabase) {
  const { legacy, translator } = capability.aggregate
  const place = { capability: capability.name, arm: 'legacy' } as const
  const feed = database.feed(place, legacy)
  const owners = database.owners(place, legacy, translator.columns?.legacy)
  return {
    bare: async () => {
      await owners.remove()
      await feed.remove()
    },
    captured: async () => {
      await owners.remove()
      await feed.install()
    },
    fenced: async () => {
      await feed.install()
      await owners.install()
    },
  }
}

interface Application {
  /** Writes row after row, each in a transaction of its own, and gives the writes per second. */
  writeAll(): Promise<number>
  close(): Promise<void>
}

async function openApplication({ name }: Side, url: string): Promise<Application> {
  const count = writesOf[name]
  let written = 0
  const next = () => [`note ${++written}`, 1 + ((written * 7919) % 50_000)] as const
  const rate = async (write: () => Promise<void>) => {
    const started = performance.now()
    await write()
    return (1000 * count) / (performance.now() - started)
  }
  if (name === 'SQLite') {
    const database = new Database(url)
    database.pragma('synchronous = NORMAL') // As the shop has it.
    const update = database.prepare('UPDATE ord_hdr SET note = ? WHERE ord_id = ?')
    return {
      writeAll: () =>
        rate(async () => {
          for (let write = 0; write < count; write++) update.run(...next())
        }),
      close: async () => void database.close(),
    }
  }
  const client = new pg.Client(url)
  await client.connect()
  const text = 'UPDATE ord_hdr SET note = $1 WHERE ord_id = $2'
  return {
    writeAll: () =>
      rate(async () => {
        for (let write = 0; write < count; write++) await client.query({ name: 'update', text, values: [...next()] })
      }),
    close: () => client.end(),
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
