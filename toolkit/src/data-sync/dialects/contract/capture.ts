import assert from 'node:assert/strict'
import { type AggregateKey, tables } from '../../capability.ts'
import { keyName } from '../../key.ts'
import type { ChangeFeed } from '../../ports/feed.ts'
import {
  arrange,
  arrangeCustomers,
  customers,
  type DialectLab,
  type DialectPromise,
  type LabConnection,
  legacy,
  refuses,
  takeLease,
} from './lab.ts'

/** What a dialect promises of its change feed. */
export const capturePromises: readonly DialectPromise[] = [
  {
    name: 'capture installs twice without becoming another feed, and is removed without a trace',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = sync.feed(legacy, customers)
      assert.equal(await feed.identity(), undefined)
      await feed.install()
      const identity = await feed.identity()
      assert.ok(identity)
      await feed.install()
      assert.equal(await feed.identity(), identity)
      await feed.remove()
      await feed.remove()
      assert.equal(await feed.identity(), undefined)
      await app.run(`UPDATE cust SET name = 'still works' WHERE id = 1`)
      await feed.install()
      assert.notEqual(await feed.identity(), identity, 'what changed in between is unknown')
      await feed.close()
    },
  },
  changing('an insert, an update and a delete of a root name it', [
    [`INSERT INTO cust (id, name) VALUES (7, 'x')`, ['7']],
    [`UPDATE cust SET name = 'x' WHERE id IN (1, 2)`, ['1', '2']],
    ['DELETE FROM cust WHERE id = 3', ['3']],
  ]),
  changing('a change of a child names its root, and a child without one names nobody', [
    [`INSERT INTO addr (id, cust_id, line) VALUES (30, 3, 'x')`, ['3']],
    [`UPDATE addr SET line = 'x' WHERE id = 21`, ['2']],
    ['DELETE FROM addr WHERE id = 10', ['1']],
    [`UPDATE addr SET line = 'x' WHERE id = 90`, []],
  ]),
  changing('a child that moves names both roots, and one that comes or goes names the one it has', [
    ['UPDATE addr SET cust_id = 3 WHERE id = 20', ['2', '3']],
    ['UPDATE addr SET cust_id = 1 WHERE id = 90', ['1']],
    ['UPDATE addr SET cust_id = NULL WHERE id = 10', ['1']],
  ]),
  changing('a changed key is a delete and an insert', [['UPDATE cust SET id = 50 WHERE id = 2', ['2', '50']]]),
  changing('a cascade finds the root', [['DELETE FROM cust WHERE id = 2', ['2']]]),
  changing('a change that was rolled back is none', [[`BEGIN; UPDATE cust SET name = 'x'; ROLLBACK`, []]]),
  {
    name: 'where the database knows REPLACE, the rows that it takes away are named',
    run: async (lab) => {
      if (!lab.replaces) return
      const expected = [`INSERT OR REPLACE INTO cust (id, name, email) VALUES (9, 'x', 'bob@x')`, ['2', '9']] as const
      await changing('', [expected]).run(lab)
    },
  },
  {
    name: 'a database table that holds two kinds of children names the roots of both, and one that refers to itself names its parents',
    run: async (lab) => {
      const { bigint } = lab.words
      const { sync, app } = await arrange(
        lab,
        `CREATE TABLE node (id ${bigint} PRIMARY KEY, parent ${bigint} REFERENCES node (id));
         CREATE TABLE edge (id ${bigint} PRIMARY KEY, source ${bigint}, target ${bigint});
         INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1);
         INSERT INTO edge VALUES (1, 1, 2);`,
      )
      const graph = tables({
        root: 'node',
        key: 'id',
        children: {
          parts: { table: 'node', key: 'id', by: 'parent' },
          outgoing: { table: 'edge', key: 'id', by: 'source' },
          incoming: { table: 'edge', key: 'id', by: 'target' },
        },
      })
      const feed = await installed(sync.feed(legacy, graph))
      await assertNamed(feed, app, ['INSERT INTO edge VALUES (2, 2, 3)', ['2', '3']])
      await assertNamed(feed, app, ['UPDATE edge SET target = 3 WHERE id = 1', ['1', '2', '3']])
      await assertNamed(feed, app, ['INSERT INTO node VALUES (4, 3)', ['3', '4']])
      await assertNamed(feed, app, ['UPDATE node SET parent = 2 WHERE id = 4', ['2', '3', '4']])
      const loaded = (await sync.reader(graph).load([2])).get('2')?.rows.children
      const ids = Object.values(loaded ?? {}).map((rows) => rows.map(({ id }) => Number(id)))
      assert.deepEqual(ids, [[4], [2], []])
      await feed.remove()
      await feed.close()
    },
  },
  {
    name: "the sync's own writes are left out, and those of another capability's sync are not",
    run: async (lab) => {
      const { sync } = await arrangeCustomers(lab)
      const feed = sync.feed(legacy, customers)
      await feed.install()
      const start = await feed.head()
      for (const [id, capability] of [
        [1, 'users'],
        [2, 'orders'],
      ] as const) {
        const target = sync.target({ capability, arm: 'legacy' }, customers)
        const lease = await takeLease(target)
        const change = { key: id, next: { root: { id, name: 'synced' }, children: {} }, before: undefined }
        await target.transaction({ lease, epoch: undefined }, async (transaction) => {
          assert.deepEqual(await transaction.save([change]), [])
        })
      }
      assert.deepEqual(named((await feed.read(start, 100)).keys), ['2'])
      await feed.close()
    },
  },
  {
    name: 'the feed is read in stretches that coalesce, and says when it has reached the head',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = await installed(sync.feed(legacy, customers))
      const start = await feed.head()
      for (const name of ['a', 'b', 'c']) await app.run(`UPDATE cust SET name = '${name}'`)
      const head = await feed.head()
      const first = await feed.read(start, 6)
      assert.deepEqual([named(first.keys), first.atHead], [['1', '2', '3'], false])
      const rest = await feed.read(first.through, 100)
      assert.deepEqual([named(rest.keys), rest.atHead], [['1', '2', '3'], true])
      const none = await feed.read(rest.through, 100)
      assert.deepEqual([none.keys, none.atHead, none.through], [[], true, rest.through])
      assert.deepEqual([feed.hasPassed(rest.through, head), feed.hasPassed(first.through, head)], [true, false])
      await feed.close()
    },
  },
  {
    name: 'what waits is counted with its age, and a heartbeat flows through without being a change',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = await installed(sync.feed(legacy, customers))
      const start = await feed.head()
      assert.deepEqual(await feed.pending(start), { changes: 0, oldestAt: undefined, pinnedBy: undefined })
      await feed.beat(1_700_000_000_000)
      await feed.beat(1_700_000_000_500)
      assert.equal((await feed.pending(start)).changes, 0)
      const batch = await feed.read(start, 100)
      assert.deepEqual([batch.keys, batch.beatAt], [[], 1_700_000_000_500])
      await app.run(`UPDATE cust SET name = 'x' WHERE id < 3`)
      const { changes, oldestAt } = await feed.pending(batch.through)
      assert.equal(changes, 2)
      assert.ok(Math.abs(Date.now() - (oldestAt ?? 0)) < 60_000, `made at ${oldestAt}`)
      assert.equal((await feed.read(batch.through, 100)).beatAt, undefined)
      await feed.close()
    },
  },
  {
    name: 'the tail names all that waits, and refuses to be long',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = await installed(sync.feed(legacy, customers))
      const start = await feed.head()
      await app.run(`UPDATE cust SET name = 'x'; UPDATE cust SET name = 'y' WHERE id = 1`)
      assert.deepEqual(named(await feed.tail(start, 3)), ['1', '2', '3'])
      await refuses(feed.tail(start, 2), 'sync-tail-long')
      await feed.close()
    },
  },
  {
    name: 'a pruned feed reaches from where it was pruned, and its positions go on',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = await installed(sync.feed(legacy, customers))
      const start = await feed.head()
      await app.run(`UPDATE cust SET name = 'x'`)
      await app.run(`UPDATE cust SET name = 'y'`)
      const middle = await feed.head()
      assert.equal(await feed.reaches(start), true)
      await feed.prune(middle)
      assert.deepEqual([await feed.reaches(start), await feed.reaches(middle)], [false, true])
      await app.run(`UPDATE cust SET name = 'z' WHERE id = 3`)
      assert.equal(feed.hasPassed(middle, await feed.head()), false)
      assert.deepEqual(named((await feed.read(middle, 100)).keys), ['3'])
      await feed.close()
    },
  },
  {
    name: 'waiting ends when the database changes, and at the latest after its bound',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const feed = await installed(sync.feed(legacy, customers))
      await feed.wait(10, undefined)
      const waiting = feed.wait(20_000, undefined)
      await app.run(`UPDATE cust SET name = 'x'`)
      await waiting
      await feed.wait(10, AbortSignal.abort())
      await feed.close()
    },
  },
]

function changing(name: string, steps: readonly (readonly [sql: string, roots: readonly string[]])[]): DialectPromise {
  return { name, run: (lab) => assertSteps(lab, steps) }
}

async function assertSteps(
  lab: DialectLab,
  steps: readonly (readonly [sql: string, roots: readonly string[]])[],
): Promise<void> {
  const { sync, app } = await arrangeCustomers(lab)
  const feed = await installed(sync.feed(legacy, customers))
  for (const step of steps) await assertNamed(feed, app, step)
  await feed.close()
}

async function assertNamed(
  feed: ChangeFeed,
  app: LabConnection,
  [sql, roots]: readonly [sql: string, roots: readonly string[]],
): Promise<void> {
  const start = await feed.head()
  await app.run(sql)
  assert.deepEqual(named((await feed.read(start, 100)).keys), roots, sql)
}

async function installed(feed: ChangeFeed): Promise<ChangeFeed> {
  await feed.install()
  return feed
}

function named(keys: readonly AggregateKey[]): readonly string[] {
  return keys.map(keyName).sort()
}
