import assert from 'node:assert/strict'
import { newJob, usualSettings } from '../../ports/job.ts'
import { arrangeCustomers, customers, type DialectPromise, refuses, service, takeLease } from './lab.ts'

/** What a dialect promises of the state of a job: checkpoint, backfill, lease, settings, requests, quarantine. */
export const jobPromises: readonly DialectPromise[] = [
  {
    name: 'a job that never ran has a state, also where nothing was prepared',
    run: async (lab) => {
      const target = (await arrangeCustomers(lab)).sync.target(service, customers)
      assert.deepEqual(await target.readJob(), newJob)
      assert.deepEqual(
        [await target.requested(5), await target.quarantined(5), await target.countQuarantined()],
        [[], [], 0],
      )
      assert.equal(await target.leases.read(), undefined)
      await target.prepare()
      await target.prepare()
      assert.deepEqual(await target.readJob(), newJob)
    },
  },
  {
    name: 'law 4: a checkpoint is written with what it tells of, or not at all',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const target = sync.target(service, customers)
      const guard = { lease: await takeLease(target), epoch: undefined }
      const change = { key: 1, next: { root: { id: 1, name: 'new' }, children: {} }, before: undefined }
      const failing = target.transaction(guard, async (transaction) => {
        await transaction.save([change])
        await transaction.writeCheckpoint('feed-1', '41')
        throw new Error('killed here')
      })
      await refuses(failing, /killed here/)
      assert.equal((await target.readJob()).position, undefined)
      assert.deepEqual(await app.rows('SELECT name FROM cust WHERE id = 1'), [['Ada']])
      await target.transaction(guard, async (transaction) => {
        await transaction.save([change])
        await transaction.writeCheckpoint('feed-1', '42', 1_700_000_000_000)
        await transaction.writeCheckpoint('feed-1', '43')
      })
      const { feed, position, beatAt } = await target.readJob()
      assert.deepEqual([feed, position, beatAt], ['feed-1', '43', 1_700_000_000_000])
      assert.deepEqual(await app.rows('SELECT name FROM cust WHERE id = 1'), [['new']])
    },
  },
  {
    name: 'a lease is held by one, renewed by it, freed by time, and guards every save',
    run: async (lab) => {
      const { sync } = await arrangeCustomers(lab)
      const target = sync.target(service, customers)
      const lease = await takeLease(target, 'first', 1000)
      const wish = { holder: 'second', process: undefined, leaseMs: 60_000 }
      const held = await target.leases.acquire({ ...wish, now: 2000 })
      assert.ok('heldBy' in held && held.heldBy.holder === 'first')
      await target.leases.renew(lease, 3000, { leaseMs: 60_000, trouble: 'slow' })
      assert.deepEqual((await target.leases.read())?.trouble, 'slow')
      const taken = await target.leases.acquire({ ...wish, now: 63_001 })
      assert.ok(!('heldBy' in taken) && taken.epoch > lease.epoch)
      await refuses(target.leases.renew(lease, 63_002, { leaseMs: 1, trouble: undefined }), 'sync-lease-lost')
      await refuses(
        target.transaction({ lease, epoch: undefined }, async () => undefined),
        'sync-lease-lost',
      )
      await target.leases.release(lease, 63_003)
      assert.equal((await target.leases.read())?.holder, 'second')
      await target.leases.release(taken, 63_004)
      assert.ok(!('heldBy' in (await target.leases.acquire({ ...wish, now: 63_005 }))))
      const { epoch } = (await target.leases.read()) ?? { epoch: 0 }
      assert.ok(
        !('heldBy' in (await target.leases.acquire({ ...wish, now: 63_006, ended: epoch }))),
        'its holder has ended',
      )
    },
  },
  {
    name: 'settings, verification and backfill are kept',
    run: async (lab) => {
      const target = (await arrangeCustomers(lab)).sync.target(service, customers)
      const guard = { lease: await takeLease(target), epoch: undefined }
      const settings = { ...usualSettings, paused: true, maxRate: 1000 }
      await target.writeSettings(settings)
      await target.writeVerified('{"equal":true}')
      await target.wantBackfill()
      const wanted = await target.readJob()
      assert.deepEqual(
        [wanted.settings, wanted.verified, wanted.backfill.phase],
        [settings, '{"equal":true}', 'wanted'],
      )
      await target.writeSettings(usualSettings)
      assert.deepEqual((await target.readJob()).settings, usualSettings)
      const running = {
        ...wanted.backfill,
        phase: 'running',
        cursor: 2,
        copied: 2,
        total: 3,
        startedAt: 5,
        why: 'x',
      } as const
      await target.transaction(guard, (transaction) => transaction.writeBackfill(running))
      await target.wantBackfill()
      assert.deepEqual((await target.readJob()).backfill, running)
    },
  },
  {
    name: 'the start of a job that does not run is set, prepared or not, and never backwards within one feed',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = sync.feed({ capability: 'users', arm: 'legacy' }, customers)
      await feed.install()
      const early = await feed.head()
      await app.run(`UPDATE cust SET name = 'x'`)
      const late = await feed.head()
      const target = sync.target(service, customers)
      await target.startFrom('feed-1', late)
      await target.startFrom('feed-1', early)
      assert.equal((await target.readJob()).position, late)
      await target.startFrom('feed-2', early)
      assert.deepEqual([(await target.readJob()).feed, (await target.readJob()).position], ['feed-2', early])
      await feed.close()
    },
  },
  {
    name: 'what is asked for stays until it is applied, once, the oldest first; asked again meanwhile, it stays',
    run: async (lab) => {
      const { sync } = await arrangeCustomers(lab)
      const target = sync.target(service, customers)
      const guard = { lease: await takeLease(target), epoch: undefined }
      await target.request([3])
      await target.request([1, 3])
      assert.deepEqual(new Set(await target.requested(10)), new Set([1, 3]))
      assert.equal((await target.requested(1)).length, 1)
      // Another process asks again, after this one has loaded the aggregate.
      await sync.target(service, customers).request([3])
      await target.transaction(guard, (transaction) => transaction.settleRequests([1, 3]))
      assert.deepEqual(await target.requested(10), [3])
      await target.transaction(guard, (transaction) => transaction.settleRequests([3]))
      assert.deepEqual(await target.requested(10), [])
    },
  },
  {
    name: 'what is set aside keeps its first time and counts its attempts, until it is released',
    run: async (lab) => {
      const target = (await arrangeCustomers(lab)).sync.target(service, customers)
      const guard = { lease: await takeLease(target), epoch: undefined }
      const entry = {
        key: 2,
        kind: 'translation',
        reason: 'tier: unknown',
        sourceImage: '{"id":2}',
        targetImage: null,
      } as const
      await target.transaction(guard, async ({ quarantine }) => {
        await quarantine.setAside(entry, 1000)
        await quarantine.setAside({ ...entry, key: 1 }, 1500)
        await quarantine.setAside({ ...entry, kind: 'constraint', reason: 'again' }, 2000)
      })
      assert.equal(await target.countQuarantined(), 2)
      assert.deepEqual(
        (await target.quarantined(10)).map(({ key }) => key),
        [1, 2],
      )
      const [, second] = await target.quarantined(10)
      assert.deepEqual(second, {
        ...entry,
        kind: 'constraint',
        reason: 'again',
        firstSeenAt: 1000,
        lastSeenAt: 2000,
        attempts: 2,
      })
      await target.transaction(guard, ({ quarantine }) => quarantine.release([2, 99]))
      assert.deepEqual(
        (await target.quarantined(10)).map(({ key }) => key),
        [1],
      )
    },
  },
]
