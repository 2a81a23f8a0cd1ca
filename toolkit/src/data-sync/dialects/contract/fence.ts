import assert from 'node:assert/strict'
import { away, fenced, owned, soon, start } from './fenced.ts'
import { customers, type DialectLab, type DialectPromise, legacy, refuses, service, takeLease } from './lab.ts'

/** What a dialect promises of fences. */
export const fencePromises: readonly DialectPromise[] = [
  {
    name: 'law 3: the fence refuses writes to owned columns by the arm that is not the owner, and names capability, owner, column and remedy',
    run: async (lab) => {
      const { owners, app } = await fenced(lab)
      await app.run(`UPDATE cust SET tier = 'gold' WHERE id = 1`)
      await owners.move(start, away, soon)
      await refuses(
        app.run(`UPDATE cust SET tier = 'lead' WHERE id = 1`),
        /users is owned by service.*cust\.tier.*banyan cutover users --to legacy/s,
      )
      await refuses(app.run(`INSERT INTO cust (name) VALUES ('x')`), /users is owned by service.*cust/s)
      await refuses(app.run('DELETE FROM addr WHERE id = 10'), /users is owned by service.*addr/s)
      await refuses(app.run('DELETE FROM cust WHERE id = 2'), /users is owned by service/)
      await refuses(app.run('UPDATE cust SET id = 70 WHERE id = 3'), /users is owned by service/)
      await owners.move(away, { owner: 'legacy', epoch: 2 }, soon)
      await app.run(`UPDATE cust SET tier = 'silver' WHERE id = 1`)
      assert.deepEqual(await app.rows("SELECT id, tier FROM cust WHERE tier <> 'basic'"), [[1, 'silver']])
    },
  },
  {
    name: 'while ownership moves, both arms are refused and told to try again',
    run: async (lab) => {
      for (const place of [legacy, service]) {
        const { owners, app } = await fenced(lab, place)
        await owners.move(start, { owner: 'moving', epoch: 1 }, soon)
        await refuses(app.run(`UPDATE cust SET tier = 'gold'`), /users is moving.*try again/s)
      }
    },
  },
  {
    name: 'the fence lets through what touches no owned column: other columns, owned ones set to what they hold, children of nobody',
    run: async (lab) => {
      const { owners, app } = await fenced(lab)
      await owners.move(start, away, soon)
      await app.run(`UPDATE cust SET last_order = 'today' WHERE id = 1`)
      await app.run(`UPDATE cust SET name = name, email = email, tier = tier, last_order = 'every column' WHERE id = 2`)
      await app.run(
        `INSERT INTO cust (id, name, email) VALUES (3, 'Cid', 'cid@x') ON CONFLICT (id) DO UPDATE SET last_order = 'upserted'`,
      )
      await app.run(
        `INSERT INTO addr (id, cust_id, line) VALUES (91, NULL, 'x'); UPDATE addr SET line = 'y' WHERE id = 91; DELETE FROM addr WHERE id = 91`,
      )
      await refuses(app.run('UPDATE addr SET cust_id = 1 WHERE id = 90'), /users is owned by service/)
      assert.deepEqual(await app.rows('SELECT last_order FROM cust ORDER BY id'), [
        ['today'],
        ['every column'],
        ['upserted'],
      ])
    },
  },
  {
    name: 'a fence survives a column that is added, and guards it when it is installed again and the column is owned',
    run: async (lab) => {
      const { owners, app, sync } = await fenced(lab)
      await app.run(`ALTER TABLE cust ADD COLUMN vip ${lab.words.text}`)
      await owners.move(start, away, soon)
      await refuses(app.run(`UPDATE cust SET name = 'x'`), /users is owned by service/)
      await app.run(`UPDATE cust SET vip = 'yes'`)
      const renewed = sync.owners(legacy, customers, { ...owned, root: [...owned.root, 'vip'] })
      await renewed.install()
      await refuses(app.run(`UPDATE cust SET vip = 'no'`), /cust\.vip/)
      await sync.owners(legacy, customers, undefined).install()
      await refuses(app.run(`UPDATE cust SET last_order = 'x'`), /cust\.last_order/)
    },
  },
  {
    name: 'where the database knows REPLACE, a row that it would take away is fenced too',
    run: async (lab) => {
      if (!lab.replaces) return
      const { owners, app } = await fenced(lab)
      await owners.move(start, away, soon)
      await refuses(app.run(`INSERT OR REPLACE INTO cust (id, name) VALUES (1, 'x')`), /users is owned by service/)
      await refuses(app.run(`INSERT OR IGNORE INTO cust (id, name) VALUES (77, 'x')`), /users is owned by service/)
      assert.deepEqual(await app.rows('SELECT name FROM cust WHERE id = 1'), [['Ada']])
    },
  },
  {
    name: 'an observing fence lets everybody pass and counts who wrote which owned columns, without the sync itself',
    run: assertObserving,
  },
  {
    name: 'a fence that is off neither refuses nor counts',
    run: async (lab) => {
      const { owners, app } = await fenced(lab)
      await owners.setFence('off')
      await owners.move(start, away, soon)
      await app.run(`UPDATE cust SET tier = 'gold'`)
      assert.deepEqual(await owners.observed(), [])
      await owners.install()
      assert.equal((await owners.read())?.fence, 'off')
      await owners.setFence('enforce')
      await refuses(app.run(`UPDATE cust SET tier = 'lead'`), /users is owned by service/)
    },
  },
]

async function assertObserving(lab: DialectLab): Promise<void> {
  const { owners, app, sync } = await fenced(lab)
  await owners.setFence('observe')
  await app.run(`UPDATE cust SET tier = 'gold' WHERE id < 3`)
  await app.run(`UPDATE cust SET tier = 'gold', name = 'x', last_order = 'y' WHERE id = 3`)
  await owners.move(start, { owner: 'service', epoch: 1 }, soon)
  await app.run(`UPDATE cust SET last_order = 'z'`)
  await app.run(`INSERT INTO addr (id, cust_id) VALUES (30, 3)`)
  await app.run('DELETE FROM addr WHERE id = 30')
  const target = sync.target(legacy, customers)
  const guard = { lease: await takeLease(target), epoch: 1 }
  await target.transaction(guard, (transaction) =>
    transaction.save([{ key: 1, next: { root: { id: 1, name: 'synced' }, children: {} }, before: undefined }]),
  )
  const seen = (await owners.observed()).map(({ table, operation, columns, count }) => {
    return `${table} ${operation} ${[...columns].sort().join(',')} ${count}`
  })
  assert.deepEqual(seen.sort(), [
    'addr delete cust_id,id,line 1',
    'addr insert cust_id,id,line 1',
    'cust update name,tier 1',
    'cust update tier 2',
  ])
  const [first] = await owners.observed()
  assert.ok(first !== undefined && first.firstAt <= first.lastAt && Math.abs(Date.now() - first.lastAt) < 60_000)
  await owners.forgetObserved()
  assert.deepEqual(await owners.observed(), [])
}
