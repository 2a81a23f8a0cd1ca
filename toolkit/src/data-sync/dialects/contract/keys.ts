import assert from 'node:assert/strict'
import type { Row } from '../../../anti-corruption/index.ts'
import { type AggregateKey, type AggregateTables, tables } from '../../capability.ts'
import { keyName } from '../../key.ts'
import { arrange, type DialectLab, type DialectPromise, type LabWords, service, takeLease } from './lab.ts'

interface KeyCase {
  readonly name: string
  readonly tables: AggregateTables
  schema(words: LabWords): string
  /** Roots in key order, each with its key and its one child. */
  readonly roots: readonly { readonly key: AggregateKey; readonly root: Row; readonly child: Row }[]
}

const orderLines = tables({
  root: 'line_item',
  key: ['tenant', 'no'],
  children: { tags: { table: 'line_tag', key: ['tenant', 'no', 'tag'], by: ['tenant', 'no'] } },
})

const big = 9_007_199_254_740_993n

const cases: readonly KeyCase[] = [
  {
    name: 'a composite key of text and integer, with many-to-many children',
    tables: orderLines,
    schema: ({ text, bigint }) => `
      CREATE TABLE line_item (tenant ${text} NOT NULL, no ${bigint} NOT NULL, label ${text}, PRIMARY KEY (tenant, no));
      CREATE TABLE line_tag (tenant ${text} NOT NULL, no ${bigint} NOT NULL, tag ${text} NOT NULL, PRIMARY KEY (tenant, no, tag));`,
    roots: [
      line('["a"', 2),
      line('["a"', 10),
      { ...line("o'b,", 1), key: ["o'b,", big], root: lineRow("o'b,", big), child: tagRow("o'b,", big) },
    ],
  },
  {
    name: 'a key of text that looks like JSON',
    tables: tables({ root: 'doc', key: 'code', children: { parts: { table: 'part', key: 'id', by: 'doc_code' } } }),
    schema: ({ text, bigint }) => `
      CREATE TABLE doc (code ${text} PRIMARY KEY, label ${text});
      CREATE TABLE part (id ${bigint} PRIMARY KEY, doc_code ${text});`,
    roots: ['"quoted"', '007', '[1,2]', 'plain'].map((code, place) => ({
      key: code,
      root: { code, label: 'x' },
      child: { id: place, doc_code: code },
    })),
  },
  {
    name: 'a key of UUIDs',
    tables: tables({ root: 'doc', key: 'id', children: { parts: { table: 'part', key: 'id', by: 'doc_id' } } }),
    schema: ({ uuid, text }) => `
      CREATE TABLE doc (id ${uuid} PRIMARY KEY, label ${text});
      CREATE TABLE part (id ${uuid} PRIMARY KEY, doc_id ${uuid});`,
    roots: ['018f0000-0000-7000-8000-000000000001', 'f18f0000-0000-7000-8000-000000000002'].map((id) => ({
      key: id,
      root: { id, label: 'x' },
      child: { id, doc_id: id },
    })),
  },
  {
    name: 'a key of integers beyond 2^53',
    tables: tables({ root: 'doc', key: 'id', children: { parts: { table: 'part', key: 'id', by: 'doc_id' } } }),
    schema: ({ bigint, text }) => `
      CREATE TABLE doc (id ${bigint} PRIMARY KEY, label ${text});
      CREATE TABLE part (id ${bigint} PRIMARY KEY, doc_id ${bigint});`,
    roots: [-5, 7, big, big + 1n].map((id) => ({ key: id, root: { id, label: 'x' }, child: { id, doc_id: id } })),
  },
]

/** What a dialect promises of keys: each is saved, paged, loaded, captured, set aside, asked for and removed exactly. */
export const keyPromises: readonly DialectPromise[] = cases.map((given) => ({
  name: `${given.name} is saved, read, captured, set aside, requested and removed exactly`,
  run: (lab) => assertKeys(lab, given),
}))

async function assertKeys(lab: DialectLab, given: KeyCase): Promise<void> {
  const { sync, app } = await arrange(lab, given.schema(lab.words))
  const keys = given.roots.map(({ key }) => key)
  const [name = ''] = Object.keys(given.tables.children)
  const feed = sync.feed({ capability: 'docs', arm: 'service' }, given.tables)
  await feed.install()
  const start = await feed.head()
  const target = sync.target(service, given.tables)
  const guard = { lease: await takeLease(target), epoch: undefined }
  const changes = given.roots.map(({ key, root, child }) => {
    return { key, next: { root, children: { [name]: [child] } }, before: undefined }
  })
  await target.transaction(guard, async (transaction) => assert.deepEqual(await transaction.save(changes), []))

  const loaded = await target.reader.load(keys)
  assert.deepEqual(
    [...loaded.values()],
    given.roots.map(({ key, root, child }) => ({ key, rows: { root, children: { [name]: [child] } } })),
  )
  assert.deepEqual([...loaded.keys()], keys.map(keyName))
  assert.deepEqual(await target.reader.keysAfter(undefined, 10), keys)
  for (const [place, key] of keys.entries()) {
    assert.deepEqual(await target.reader.keysAfter(key, 10), keys.slice(place + 1))
    assert.deepEqual(
      [...(await target.reader.page(key, 1)).values()].map((found) => found.key),
      keys.slice(place + 1, place + 2),
    )
  }
  const captured = async (after: string) => (await feed.read(after, 100)).keys.map(keyName).sort()
  assert.deepEqual(await captured(start), keys.map(keyName).sort())

  await target.request(keys)
  assert.deepEqual(new Set((await target.requested(10)).map(keyName)), new Set(keys.map(keyName)))
  await target.transaction(guard, async (transaction) => {
    const entry = { kind: 'constraint', reason: 'x', sourceImage: null, targetImage: null } as const
    for (const key of keys) await transaction.quarantine.setAside({ ...entry, key }, 1)
    await transaction.settleRequests(keys.slice(1))
    await transaction.quarantine.release(keys.slice(1))
    await transaction.writeBackfill({ ...(await target.readJob()).backfill, cursor: keys.at(-1) })
  })
  assert.deepEqual(await target.requested(10), keys.slice(0, 1))
  assert.deepEqual(
    (await target.quarantined(10)).map(({ key }) => key),
    keys.slice(0, 1),
  )
  assert.deepEqual((await target.readJob()).backfill.cursor, keys.at(-1))

  const middle = await feed.head()
  await target.transaction(guard, async (transaction) => {
    const [first, last] = [keys[0] ?? '', keys.at(-1) ?? '']
    assert.equal(await transaction.holdsNoneBetween(first, last), false)
    const before = await transaction.load(keys)
    const removals = keys.map((key) => ({ key, next: undefined, before: before.get(keyName(key))?.rows }))
    assert.deepEqual(await transaction.save(removals), [])
  })
  assert.deepEqual(await app.rows(`SELECT * FROM ${given.tables.root}`), [])
  assert.deepEqual(await app.rows(`SELECT * FROM ${given.tables.children[name]?.table}`), [])
  assert.deepEqual(await captured(middle), keys.map(keyName).sort())
  await feed.close()
}

function line(tenant: string, no: number) {
  return { key: [tenant, no], root: lineRow(tenant, no), child: tagRow(tenant, no) }
}

function lineRow(tenant: string, no: number | bigint): Row {
  return { tenant, no, label: 'x' }
}

function tagRow(tenant: string, no: number | bigint): Row {
  return { tenant, no, tag: 'new' }
}
