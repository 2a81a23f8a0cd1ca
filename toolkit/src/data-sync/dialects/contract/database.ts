import assert from 'node:assert/strict'
import { arrangeCustomers, customers, type DialectPromise, refuses } from './lab.ts'

/** What a dialect promises of a database as a whole. */
export const databasePromises: readonly DialectPromise[] = [
  {
    name: 'columns are named in order, and an absent table is said to be absent',
    run: async (lab) => {
      const { sync } = await arrangeCustomers(lab)
      assert.deepEqual(await sync.columnsOf('cust'), ['id', 'name', 'email', 'tier', 'last_order', 'loud'])
      assert.equal(await sync.columnsOf('nothing'), undefined)
    },
  },
  {
    name: 'a total is selected as arrays, and nothing else than a SELECT that reads',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      assert.deepEqual(await sync.select('SELECT tier, count(*) FROM cust GROUP BY tier'), [['basic', 3]])
      for (const wrong of [
        'SELECT nothing FROM nowhere',
        'SELEKT',
        `UPDATE cust SET tier = 'x' RETURNING 1`,
        'DELETE FROM cust',
      ])
        await refuses(sync.select(wrong), 'sync-total-invalid')
      assert.deepEqual(await app.rows(`SELECT id FROM cust WHERE tier <> 'basic'`), [])
    },
  },
  {
    name: 'ids are raised above those of the other side, and never lowered',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const ids = sync.ids(customers)
      const { root, addresses } = await ids.read()
      assert.deepEqual([root?.column, root?.highest, addresses?.highest], ['cust.id', 3, 90])
      assert.ok(root !== undefined && root.limit > 2 ** 31)
      await ids.raiseAbove({ root: 5000, addresses: 10 })
      await ids.raiseAbove({ root: 100 })
      assert.equal(Number((await ids.read()).root?.next), 5001)
      await app.run(`INSERT INTO cust (name) VALUES ('next'); INSERT INTO addr (cust_id) VALUES (1)`)
      assert.deepEqual(await app.rows(`SELECT id FROM cust WHERE name = 'next'`), [[5001]])
      assert.ok(Number((await app.rows('SELECT max(id) FROM addr'))[0]?.[0]) > 90)
    },
  },
]
