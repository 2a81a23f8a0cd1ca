import { expect, test } from 'vitest'
import { connectApplication } from './dialects/postgres/fixtures/server.ts'
import { openPair, usePostgres } from './fixtures/pair.ts'
import { eventually } from './fixtures/shop.ts'
import type { Progress } from './progress.ts'

const server = usePostgres()

test('a transaction that is open for long holds nothing back that others commit before it, its lag is unknown and says why, and it arrives', async () => {
  const pair = await openPair(server(), ['postgres', 'sqlite'])
  await pair.fill(20)
  const sync = await pair.sync()
  await sync.backfill()
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal })
  await eventually(async () => (await sync.status()).lag?.changes === 0)
  const slow = await connectApplication(pair.legacy.url, 'slow report')
  await slow.query(`BEGIN; UPDATE cust SET nm = 'slow' WHERE cust_id = 1`)
  await pair.legacy.run(`UPDATE cust SET nm = 'fast' WHERE cust_id = 2`)
  const status = await eventually(async () => {
    const now = await sync.status()
    return now.lagUnknown !== undefined && now
  })
  expect(status).toMatchObject({ lag: undefined, lagUnknown: expect.stringContaining('slow report') })
  await slow.query('COMMIT')
  await slow.end()
  await eventually(
    async () => (await pair.service.value(`SELECT count(*) FROM users WHERE name IN ('slow', 'fast')`)) === 2,
  )
  await eventually(async () => (await sync.status()).lag?.changes === 0)
  stop.abort()
  await working
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 20 })
})

test('a server that is restarted under the worker is waited for, the trouble is said, and nothing is lost', async () => {
  const pair = await openPair(server(), ['postgres', 'postgres'])
  await pair.fill(500)
  const sync = await pair.sync()
  await sync.backfill()
  const stop = new AbortController()
  const troubles: string[] = []
  const onProgress = ({ trouble }: Progress) => trouble !== undefined && troubles.push(trouble)
  const working = sync.work({ signal: stop.signal, wait: true, onProgress })
  await eventually(async () => (await sync.status()).worker?.alive)
  await pair.legacy.run(`UPDATE cust SET nm = 'before' WHERE cust_id <= 250`)
  await server().halt()
  await eventually(() => troubles.length > 0)
  await server().start()
  const application = await connectApplication(pair.legacy.url)
  await application.query(`UPDATE cust SET nm = 'after' WHERE cust_id > 250`)
  await application.end()
  const target = await connectApplication(pair.service.url)
  await eventually(async () => {
    const { rows } = await target.query(`SELECT count(*)::int AS n FROM users WHERE name IN ('before', 'after')`)
    return rows[0]?.n === 500
  })
  await target.end()
  stop.abort()
  await working
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 500 })
}, 60_000)
