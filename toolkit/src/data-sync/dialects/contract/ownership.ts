import assert from 'node:assert/strict'
import type { CutoverIntent, OwnerAt, OwnerStore } from '../../ports/owner.ts'
import {
  arrangeCustomers,
  customers,
  type DialectLab,
  type DialectPromise,
  type LabConnection,
  legacy,
  refuses,
  service,
  takeLease,
} from './lab.ts'

const owned = { root: ['id', 'name', 'email', 'tier'], children: { addresses: ['id', 'cust_id', 'line'] } }
const soon = { withinMs: 5000 }
const start: OwnerAt = { owner: 'legacy', epoch: 0 }
const away: OwnerAt = { owner: 'service', epoch: 1 }

/** What a dialect promises of owner rows and fences. */
export const ownershipPromises: readonly DialectPromise[] = [
  {
    name: 'ownership starts with legacy in epoch 0, installs twice without a change, and is removed without a trace',
    run: async (lab) => {
      const { owners, app } = await fenced(lab)
      assert.deepEqual(await owners.read(), { ...start, fence: 'enforce', intent: undefined })
      assert.equal(await owners.move(start, away, soon), 'moved')
      await owners.install()
      assert.deepEqual(await owners.read(), { ...away, fence: 'enforce', intent: undefined })
      await owners.remove()
      await owners.remove()
      assert.equal(await owners.read(), undefined)
      await app.run(`UPDATE cust SET tier = 'gold'`)
    },
  },
  {
    name: 'law 3: ownership moves by compare and set of owner and epoch',
    run: async (lab) => {
      const { owners } = await fenced(lab)
      assert.equal(await owners.move({ owner: 'service', epoch: 0 }, away, soon), 'changed')
      assert.equal(await owners.move({ owner: 'legacy', epoch: 7 }, away, soon), 'changed')
      assert.deepEqual(await Promise.all([owners.move(start, away, soon), owners.move(start, away, soon)]), [
        'moved',
        'changed',
      ])
      assert.equal((await owners.read())?.epoch, 1)
    },
  },
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
    name: 'a writer that began before the move keeps it waiting, and the move changes nothing when its bound is over',
    run: async (lab) => {
      const { owners, app, connect } = await fenced(lab)
      const stray = await connect()
      await stray.run(`BEGIN; UPDATE cust SET name = 'stray' WHERE id = 1`)
      assert.equal(await owners.move(start, away, { withinMs: 300 }), 'busy')
      assert.equal((await owners.read())?.epoch, 0)
      const moving = owners.move(start, away, { withinMs: 20_000 })
      await stray.run('COMMIT')
      assert.equal(await moving, 'moved')
      assert.deepEqual(await app.rows('SELECT name FROM cust WHERE id = 1'), [['stray']])
    },
  },
  {
    name: 'a transaction that began to read before the move cannot write after it',
    run: async (lab) => {
      const { owners, app, connect } = await fenced(lab)
      const stray = await connect()
      await stray.run('BEGIN; SELECT name FROM cust')
      assert.equal(await owners.move(start, away, soon), 'moved')
      await assert.rejects(stray.run(`UPDATE cust SET name = 'stray' WHERE id = 1`))
      await stray.run('ROLLBACK')
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
  {
    name: 'an intent is written by compare and set of its id and the epoch',
    run: async (lab) => {
      const { owners } = await fenced(lab)
      const intent = (id: string, step: string): CutoverIntent => {
        return {
          id,
          to: 'service',
          epoch: 1,
          coordinator: 'ops@host',
          process: undefined,
          expiresAt: 9,
          step,
          startedAt: 1,
        }
      }
      assert.equal(await owners.writeIntent({ epoch: 1, id: undefined }, intent('a', 'hold')), false)
      assert.equal(await owners.writeIntent({ epoch: 0, id: undefined }, intent('a', 'hold')), true)
      assert.equal(await owners.writeIntent({ epoch: 0, id: undefined }, intent('b', 'hold')), false)
      assert.equal(await owners.writeIntent({ epoch: 0, id: 'b' }, undefined), false)
      assert.equal(await owners.writeIntent({ epoch: 0, id: 'a' }, intent('a', 'fence')), true)
      assert.deepEqual((await owners.read())?.intent, intent('a', 'fence'))
      assert.equal(await owners.move(start, away, soon), 'moved')
      assert.equal((await owners.read())?.intent?.id, 'a', 'a move clears nothing else')
      assert.equal(await owners.writeIntent({ epoch: 1, id: 'a' }, undefined), true)
      assert.equal((await owners.read())?.intent, undefined)
    },
  },
  {
    name: 'law 3: the sync saves only while the target is not the owner, in the epoch that it was begun in',
    run: async (lab) => {
      const { owners, sync, app } = await fenced(lab, service)
      const target = sync.target(service, customers)
      const lease = await takeLease(target)
      const save = (epoch: number | undefined) =>
        target.transaction({ lease, epoch }, (transaction) => {
          const next = { root: { id: 1, tier: `epoch ${epoch}` }, children: {} }
          return transaction.save([{ key: 1, next, before: undefined }])
        })
      await refuses(
        app.run(`UPDATE cust SET tier = 'x'`),
        /users is owned by legacy.*banyan cutover users --to service/s,
      )
      assert.deepEqual(await save(0), [])
      await refuses(save(undefined), 'sync-epoch-passed')
      await refuses(save(1), 'sync-epoch-passed')
      await owners.move(start, away, soon)
      await refuses(save(0), 'sync-epoch-passed')
      await refuses(save(1), 'sync-epoch-passed')
      assert.deepEqual(await app.rows('SELECT tier FROM cust WHERE id = 1'), [['epoch 0']])
      await app.run(`UPDATE cust SET tier = 'x'`)
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

async function fenced(lab: DialectLab, place = legacy) {
  const database = await arrangeCustomers(lab)
  const owners: OwnerStore = database.sync.owners(place, customers, owned)
  assert.equal(await owners.read(), undefined)
  await owners.install()
  const app: LabConnection = database.app
  return { ...database, app, owners }
}
