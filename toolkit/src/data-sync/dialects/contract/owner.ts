import assert from 'node:assert/strict'
import type { CutoverIntent } from '../../ports/owner.ts'
import { away, fenced, soon, start } from './fenced.ts'
import { customers, type DialectPromise, refuses, service, takeLease } from './lab.ts'

/** What a dialect promises of owner rows. */
export const ownerPromises: readonly DialectPromise[] = [
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
      // Two at once may each come first.
      const both = await Promise.all([owners.move(start, away, soon), owners.move(start, away, soon)])
      assert.deepEqual(both.sort(), ['changed', 'moved'])
      assert.equal((await owners.read())?.epoch, 1)
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
