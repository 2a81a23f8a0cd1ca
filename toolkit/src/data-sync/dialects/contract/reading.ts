import assert from 'node:assert/strict'
import { type AggregateTables, tables } from '../../capability.ts'
import { arrange, arrangeCustomers, customers, type DialectLab, type DialectPromise, service } from './lab.ts'
import { numbers, saver } from './saver.ts'

/** What a dialect promises of reading aggregates, and of the values in them. */
export const readingPromises: readonly DialectPromise[] = [
  {
    name: 'aggregates are read with their children in key order, generated columns too, in pages that neither skip nor repeat',
    run: async (lab) => {
      const { sync } = await arrangeCustomers(lab)
      const reader = sync.reader(customers)
      assert.equal(await reader.count(), 3)
      const first = await reader.page(undefined, 2)
      assert.deepEqual([...first.keys()], ['1', '2'])
      const { root, children } = first.get('2')?.rows ?? { root: {}, children: {} }
      assert.deepEqual(
        { ...root },
        { id: 2, name: 'Bob', email: 'bob@x', tier: 'basic', last_order: null, loud: 'BOB' },
      )
      assert.deepEqual(
        children.addresses?.map(({ line }) => line),
        ['second', 'third'],
      )
      assert.deepEqual([...(await reader.page(2, 2)).keys()], ['3'])
      assert.deepEqual([...(await reader.load([3, 99, 1])).keys()].sort(), ['1', '3'])
      assert.deepEqual(await reader.keysAfter(1, 1), [2])
    },
  },
  {
    name: 'an aggregate and its children are loaded in one snapshot',
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const reader = sync.reader(customers)
      let torn = 0
      let ended = false
      const writing = (async () => {
        for (let round = 0; round < 60; round++) {
          await app.run(
            `BEGIN; UPDATE cust SET name = 'n${round}' WHERE id = 1; UPDATE addr SET line = 'n${round}' WHERE id = 10; COMMIT`,
          )
        }
        ended = true
      })()
      while (!ended) {
        const rows = (await reader.load([1])).get('1')?.rows
        const name = rows?.root.name
        if (name !== 'Ada' && name !== rows?.children.addresses?.[0]?.line) torn++
        await new Promise(setImmediate)
      }
      await writing
      assert.equal(torn, 0)
    },
  },
  { name: 'bytes, JSON, long decimals and integers beyond 2^53 come through as they are', run: assertValues },
]

async function assertValues(lab: DialectLab): Promise<void> {
  const { bigint, text, bytes, json, decimal, bytesOf } = lab.words
  const things: AggregateTables = tables({ root: 'thing', key: 'id' })
  const { sync, app } = await arrange(
    lab,
    `CREATE TABLE thing (id ${bigint} PRIMARY KEY, photo ${bytes}, doc ${json}, amount ${decimal}, big ${bigint}, note ${text});
     INSERT INTO thing VALUES (1, ${bytesOf('00ff10')}, '{"a": [1, null]}', '12345678901234567890.1234567890', 9007199254740993, 'o''b ☂');`,
  )
  const target = sync.target(service, things)
  const { save } = await saver(target)
  const given = (await target.reader.load([1])).get('1')?.rows.root
  assert.ok(given)
  assert.deepEqual(given.photo, Buffer.from('00ff10', 'hex'))
  assert.deepEqual(JSON.parse(String(given.doc)), { a: [1, null] })
  assert.deepEqual(
    [given.amount, given.big, given.note],
    ['12345678901234567890.1234567890', 9_007_199_254_740_993n, "o'b ☂"],
  )
  assert.deepEqual(await save([{ key: 2, next: { root: { ...given, id: 2 }, children: {} }, before: undefined }]), [])
  const same = 'SELECT count(*) FROM thing AS a, thing AS b WHERE a.id = 1 AND b.id = 2'
  const columns = ['photo', 'doc', 'amount', 'big', 'note'].map((name) => `a.${name} = b.${name}`).join(' AND ')
  assert.deepEqual(numbers(await app.rows(`${same} AND ${columns}`)), [1])
}
