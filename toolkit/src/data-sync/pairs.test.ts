import { describe, expect, test } from 'vitest'
import { openPair, pairs, usePostgres } from './fixtures/pair.ts'
import { eventually } from './fixtures/shop.ts'

const server = usePostgres()

describe.each(pairs)('from %s to %s', { timeout: 120_000 }, (from, to) => {
  const open = () => openPair(server(), [from, to])

  test('a backfill copies everything, follow applies what changes after, and verify proves it', async () => {
    const pair = await open()
    await pair.fill(1500)
    const sync = await pair.sync()
    await sync.install()
    await sync.backfill()
    expect(await sync.verify()).toMatchObject({
      equal: true,
      aggregates: 1500,
      complete: true,
      direction: 'to service',
    })
    await pair.legacy.run(`
      UPDATE cust SET nm = 'x' WHERE cust_id < 100; DELETE FROM cust WHERE cust_id = 200;
      UPDATE cust_addr SET cust_id = 300 WHERE addr_id = 3010; UPDATE cust SET cust_id = 9000 WHERE cust_id = 400;
      INSERT INTO cust (cust_id, nm, email) VALUES (9001, 'new', 'new@x');`)
    await sync.follow({ until: 'caught-up' })
    expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 1500 })
    expect(await pair.service.value('SELECT user_id FROM addresses WHERE id = 3010')).toBe(300)
    expect(await pair.service.rows('SELECT id FROM users WHERE id IN (200, 400)')).toEqual([])
  })

  test('law 4: a row that appears, changes and vanishes within one batch leaves nothing, and a batch that is applied twice changes nothing', async () => {
    const pair = await open()
    await pair.fill(20)
    const sync = await pair.sync()
    await sync.backfill()
    await pair.legacy.run(`INSERT INTO cust (cust_id, nm, email) VALUES (77, 'a', 'a@x');
      UPDATE cust SET nm = 'b' WHERE cust_id = 77; DELETE FROM cust WHERE cust_id = 77; UPDATE cust SET nm = 'y' WHERE cust_id < 5`)
    const users = () => pair.service.rows('SELECT * FROM users ORDER BY id')
    await sync.follow({ until: 'caught-up' })
    const once = await users()
    await sync.backfill()
    expect(await users()).toEqual(once)
    expect(once).toHaveLength(20)
    expect(await sync.quarantined()).toEqual([])
  })

  test('a row that is deleted during the backfill does not come back', async () => {
    const pair = await open()
    await pair.fill(2000)
    // Nobody may take it over here, however long the machine pauses.
    const sync = await pair.sync({ leaseMs: 120_000 })
    await sync.install()
    const stop = new AbortController()
    const working = sync.work({ signal: stop.signal })
    await eventually(async () => (await sync.status()).worker?.alive === true)
    await (await pair.sync({ holder: 'asks' })).backfill().catch(() => undefined)
    const again = sync.status().then(() => pair.legacy.run('DELETE FROM cust WHERE cust_id % 7 = 0'))
    const other = await pair.sync({ holder: 'asks' })
    await Promise.all([other.backfill(), again])
    await eventually(async () => (await pair.service.value('SELECT count(*) FROM users')) === 2000 - 285)
    stop.abort()
    await working
    expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 2000 - 285 })
  })

  test('what changes while verify runs is no drift, and drift is found beside it', async () => {
    const pair = await open()
    await pair.fill(3000)
    const sync = await pair.sync()
    await sync.backfill()
    await pair.service.run(`UPDATE users SET name = 'by hand' WHERE id = 1500; DELETE FROM users WHERE id = 2100`)
    const stop = new AbortController()
    const working = sync.work({ signal: stop.signal })
    const asks = await pair.sync({ holder: 'asks' })
    const writing = writeUntil(stop.signal, (turn) =>
      pair.legacy.run(
        `UPDATE cust SET nm = 'w${turn}' WHERE cust_id % 100 = ${turn % 100} AND cust_id NOT IN (1500, 2100)`,
      ),
    )
    const report = await asks.verify()
    stop.abort()
    await Promise.all([working, writing])
    expect(report).toMatchObject({ equal: false, complete: true, drift: { missing: 1, different: 1, extra: 0 } })
    expect(report.samples).toMatchObject([
      { key: 1500, kind: 'different', path: 'name', detail: '"by hand" where "N1500" is expected' },
      { key: 2100, kind: 'missing' },
    ])
  })

  test('a repair previews exactly what it does, does it, and removes what the source does not have', async () => {
    const pair = await open()
    await pair.fill(30)
    const sync = await pair.sync()
    await sync.backfill()
    await pair.service.run(`UPDATE users SET name = 'by hand' WHERE id = 3; DELETE FROM addresses WHERE id = 50;
      INSERT INTO users (id, name, email, status) VALUES (99, 'nobody', 'nobody@x', 'active')`)
    const preview = await sync.repair({ dryRun: true })
    expect(preview).toMatchObject({ dryRun: true, found: 3, repaired: 0 })
    expect(preview.fixes).toMatchObject([
      { key: 3, kind: 'different', changes: [{ path: 'name', is: '"by hand"', becomes: '"N3"' }] },
      { key: 5, kind: 'different', changes: [{ path: 'addresses[50]', is: undefined }] },
      { key: 99, kind: 'extra', changes: [{ path: '', becomes: undefined }] },
    ])
    expect(await pair.service.value('SELECT name FROM users WHERE id = 3')).toBe('by hand')
    expect(await sync.repair({ dryRun: false })).toMatchObject({ found: 3, repaired: 3, left: [], complete: true })
    expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 30 })
  })

  test('the way back writes only what the mapping covers, echoes nothing, and is never backfilled by itself', async () => {
    const pair = await open()
    await pair.fill(10)
    const sync = await pair.sync()
    await sync.install()
    await sync.backfill()
    await pair.legacy.run(`UPDATE cust SET lst_ord_dt = 'kept' WHERE cust_id = 4`)
    await sync.follow({ until: 'caught-up' })
    await sync.observe('off')
    const stop = new AbortController()
    const working = sync.work({ signal: stop.signal })
    await eventually(async () => (await sync.status()).worker?.alive)
    await moveOwner(pair, 'service', 1)
    await eventually(async () => {
      const { direction, worker } = await sync.status()
      return direction === 'to legacy' && worker?.alive
    })
    await eventually(async () => (await sync.status()).lag?.changes === 0)
    await pair.service.run(`UPDATE users SET name = 'from the service', status = 'closed' WHERE id = 4;
      INSERT INTO users (id, name, email, status) VALUES (50, 'new', 'new@x', 'active'); DELETE FROM users WHERE id = 5`)
    await eventually(async () => (await pair.legacy.value('SELECT count(*) FROM cust WHERE cust_id = 50')) === 1)
    expect(await pair.legacy.rows('SELECT nm, st_cd, lst_ord_dt FROM cust WHERE cust_id = 4')).toEqual([
      ['from the service', 'X', 'kept'],
    ])
    expect(await pair.legacy.value('SELECT count(*) FROM cust WHERE cust_id = 5')).toBe(0)
    expect((await sync.status()).backfill.phase).toBe('never')
    expect(await sync.verify()).toMatchObject({ equal: true, direction: 'to legacy', aggregates: 10 })
    stop.abort()
    await working
  })
})

async function moveOwner(pair: { readonly legacy: Rows; readonly service: Rows }, owner: string, epoch: number) {
  for (const database of [pair.service, pair.legacy])
    await database.run(`UPDATE banyan_owner SET owner = '${owner}', epoch = ${epoch} WHERE capability = 'users'`)
}

interface Rows {
  run(sql: string): Promise<void>
}

async function writeUntil(signal: AbortSignal, write: (turn: number) => Promise<void>): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    // Its own turn of the event loop: SQLite blocks this thread, and with it a worker that is within a transaction.
    await new Promise((resolve) => setTimeout(resolve, 3))
    await write(turn)
  }
}
