import assert from 'node:assert/strict'
import type { DialectPromise } from './lab.ts'
import { aggregate, numbers, saving } from './saver.ts'

const customerRows = 'SELECT id, name, email, tier FROM cust ORDER BY id'
const addressRows = 'SELECT id, cust_id, line FROM addr ORDER BY id'

/** What a dialect promises of saving aggregates. */
export const savingPromises: readonly DialectPromise[] = [
  saving('law 4: saving twice equals saving once', async ({ save, app }) => {
    const next = aggregate({ id: 4, name: 'Dan', email: 'dan@x' }, [{ id: 40, cust_id: 4, line: 'fourth' }])
    assert.deepEqual(await save([{ key: 4, next, before: undefined }]), [])
    const once = [await app.rows(customerRows), await app.rows(addressRows)]
    assert.deepEqual(await save([{ key: 4, next, before: undefined }]), [])
    assert.deepEqual([await app.rows(customerRows), await app.rows(addressRows)], once)
  }),
  saving(
    'only named columns are written, and only children that are no longer there are deleted',
    async ({ save, app, load }) => {
      await app.run(`UPDATE cust SET last_order = 'kept', tier = 'gold' WHERE id = 2`)
      const next = aggregate({ id: 2, name: 'Bo' }, [
        { id: 21, line: 'new', cust_id: 2 },
        { id: 22, line: 'more', cust_id: 2 },
      ])
      assert.deepEqual(await save([{ key: 2, next, before: await load(2) }]), [])
      assert.deepEqual(await app.rows('SELECT name, email, tier, last_order FROM cust WHERE id = 2'), [
        ['Bo', 'bob@x', 'gold', 'kept'],
      ])
      assert.deepEqual(numbers(await app.rows('SELECT id FROM addr WHERE cust_id = 2 ORDER BY id')), [21, 22])
    },
  ),
  saving(
    'a child that moves from one aggregate of a batch to another is not lost, whichever is saved first',
    async ({ save, app, load }) => {
      const taken = {
        key: 2,
        next: aggregate({ id: 2, name: 'Bob' }, [{ id: 21, cust_id: 2, line: 'third' }]),
        before: await load(2),
      }
      const moved = [
        { id: 10, cust_id: 1, line: 'first' },
        { id: 20, cust_id: 1, line: 'second' },
      ]
      const given = { key: 1, next: aggregate({ id: 1, name: 'Ada' }, moved), before: await load(1) }
      assert.deepEqual(await save([given, taken]), [])
      assert.deepEqual(numbers(await app.rows('SELECT id FROM addr WHERE cust_id = 1 ORDER BY id')), [10, 20])
      const back = [
        { key: 1, next: aggregate({ id: 1, name: 'Ada' }, []), before: await load(1) },
        {
          key: 2,
          next: aggregate(
            { id: 2, name: 'Bob' },
            [...moved, { id: 21, cust_id: 2, line: 'third' }].map((row) => ({ ...row, cust_id: 2 })),
          ),
          before: await load(2),
        },
      ]
      assert.deepEqual(await save(back), [])
      assert.deepEqual(numbers(await app.rows('SELECT id FROM addr WHERE cust_id = 2 ORDER BY id')), [10, 20, 21])
    },
  ),
  saving('an aggregate is removed with its children', async ({ save, app, load }) => {
    assert.deepEqual(await save([{ key: 2, next: undefined, before: await load(2) }]), [])
    assert.deepEqual(numbers(await app.rows('SELECT id FROM cust ORDER BY id')), [1, 3])
    assert.deepEqual(numbers(await app.rows('SELECT id FROM addr ORDER BY id')), [10, 90])
  }),
]
