import assert from 'node:assert/strict'
import type { Row } from '../../../anti-corruption/index.ts'
import { tables } from '../../capability.ts'
import { keyName } from '../../key.ts'
import { arrange, arrangeCustomers, customers, type DialectPromise, service, takeLease } from './lab.ts'
import { aggregate, numbers, saver, saving } from './saver.ts'

/** What a dialect promises of changes that constraints refuse, or allow only together or in another order. */
export const conflictPromises: readonly DialectPromise[] = [
  saving(
    'a change that the constraints refuse comes back with the reason, wholly unsaved, and the others are saved',
    async ({ save, app }) => {
      const bad = aggregate({ id: 5, name: 'Eve', email: 'ada@x' }, [{ id: 50, cust_id: 5, line: 'fifth' }])
      const refused = await save([
        { key: 5, next: bad, before: undefined },
        { key: 6, next: aggregate({ id: 6, name: 'Fay', email: 'fay@x' }, []), before: undefined },
      ])
      assert.deepEqual(
        refused.map(({ change }) => change.key),
        [5],
      )
      assert.match(refused[0]?.reason ?? '', /unique/i)
      assert.deepEqual(numbers(await app.rows('SELECT id FROM cust ORDER BY id')), [1, 2, 3, 6])
      assert.deepEqual(await app.rows('SELECT id FROM addr WHERE id = 50'), [])
    },
  ),
  saving(
    'a unique value that one aggregate gives to the next is saved in whatever order they come',
    async ({ save, app, load }) => {
      const refused = await save([
        { key: 4, next: aggregate({ id: 4, name: 'Dan', email: 'ada@x' }, []), before: undefined },
        {
          key: 1,
          next: aggregate({ id: 1, name: 'Ada', email: 'ada@new' }, [{ id: 10, cust_id: 1, line: 'first' }]),
          before: await load(1),
        },
      ])
      assert.deepEqual(refused, [])
      assert.deepEqual(await app.rows('SELECT email FROM cust WHERE id IN (1, 4) ORDER BY id'), [
        ['ada@new'],
        ['ada@x'],
      ])
    },
  ),
  {
    name: 'unique values that two aggregates swap are saved together, and who holds one is found',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      await app.run(`UPDATE cust SET last_order = 'kept'`)
      const target = sync.target(service, customers)
      const guard = { lease: await takeLease(target), epoch: undefined }
      await target.transaction(guard, async (transaction) => {
        const held = await transaction.load([1, 2])
        const swapped = (key: number, email: string, lines: readonly Row[]) => ({
          key,
          next: aggregate({ id: key, email }, lines),
          before: held.get(keyName(key))?.rows,
        })
        const first = swapped(1, 'bob@x', [{ id: 10, cust_id: 1, line: 'first' }])
        const second = swapped(2, 'ada@x', [{ id: 20, cust_id: 2, line: 'second' }])
        assert.deepEqual(await transaction.holdersOf(first.next), [2])
        assert.deepEqual(await transaction.saveTogether([first, second]), [])
        const third = { key: 3, next: aggregate({ id: 3, email: 'ada@x' }, []), before: undefined }
        const refused = await transaction.saveTogether([third])
        assert.deepEqual(
          refused.map(({ change }) => change.key),
          [3],
        )
      })
      assert.deepEqual(await app.rows('SELECT email, name, last_order FROM cust ORDER BY id'), [
        ['bob@x', 'Ada', 'kept'],
        ['ada@x', 'Bob', 'kept'],
        ['cid@x', 'Cid', 'kept'],
      ])
    },
  },
  {
    name: 'rows that refer to each other are saved in whatever order they come',
    run: async (lab) => {
      const { bigint, text } = lab.words
      const tree = tables({ root: 'node', key: 'id' })
      const { sync, app } = await arrange(
        lab,
        `CREATE TABLE node (id ${bigint} PRIMARY KEY, parent ${bigint} REFERENCES node (id), label ${text});`,
      )
      const { save } = await saver(sync.target(service, tree))
      const node = (id: number, parent: number | null) => ({
        key: id,
        next: aggregate({ id, parent, label: 'x' }),
        before: undefined,
      })
      assert.deepEqual(await save([node(3, 2), node(2, 1), node(1, null)]), [])
      const refused = await save([node(4, 99)])
      assert.deepEqual(
        refused.map(({ change }) => change.key),
        [4],
      )
      assert.deepEqual(numbers(await app.rows('SELECT id FROM node ORDER BY id')), [1, 2, 3])
    },
  },
]
