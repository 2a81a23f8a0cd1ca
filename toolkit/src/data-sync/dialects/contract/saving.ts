import assert from 'node:assert/strict'
import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import { type AggregateTables, tables } from '../../capability.ts'
import { keyName } from '../../key.ts'
import type { AggregateChange, RefusedChange, SaveGuard, SyncTarget } from '../../ports/target.ts'
import {
  arrange,
  arrangeCustomers,
  customers,
  type DialectLab,
  type DialectPromise,
  service,
  takeLease,
} from './lab.ts'

const customerRows = 'SELECT id, name, email, tier FROM cust ORDER BY id'
const addressRows = 'SELECT id, cust_id, line FROM addr ORDER BY id'

/** What a dialect promises of reading and saving aggregates. */
export const savingPromises: readonly DialectPromise[] = [
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

interface Saver {
  save(changes: readonly AggregateChange[]): Promise<readonly RefusedChange[]>
}

type Saving = Saver & {
  readonly app: { rows(sql: string): Promise<readonly (readonly unknown[])[]>; run(sql: string): Promise<void> }
  load(key: number): Promise<AggregateRows | undefined>
}

function saving(name: string, run: (given: Saving) => Promise<void>): DialectPromise {
  return {
    name,
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const target = sync.target(service, customers)
      const load = async (key: number) => (await target.reader.load([key])).get(keyName(key))?.rows
      await run({ ...(await saver(target)), app, load })
    },
  }
}

async function saver(target: SyncTarget): Promise<Saver> {
  const guard: SaveGuard = { lease: await takeLease(target), epoch: undefined }
  return { save: (changes) => target.transaction(guard, (transaction) => transaction.save(changes)) }
}

function aggregate(root: Row, addresses?: readonly Row[]): AggregateRows {
  return { root, children: addresses === undefined ? {} : { addresses } }
}

function numbers(rows: readonly (readonly unknown[])[]): readonly number[] {
  return rows.map(([value]) => Number(value))
}
