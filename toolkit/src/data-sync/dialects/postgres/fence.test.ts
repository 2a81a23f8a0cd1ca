import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tables } from '../../capability.ts'
import { connectLab, openLabDatabase } from './fixtures/lab.ts'
import { type PostgresServer, startPostgres } from './fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const place = { capability: 'users', arm: 'legacy' } as const
const cust = tables({ root: 'cust', key: 'id' })
const owned = { root: ['id', 'name', 'doc'], children: {} }
const start = { owner: 'legacy', epoch: 0 } as const
const moving = { owner: 'moving', epoch: 1 } as const
const intent = {
  id: 'a',
  to: 'service',
  epoch: 1,
  coordinator: 'ops',
  process: undefined,
  expiresAt: 1,
  step: 'fence',
  startedAt: 1,
} as const

async function arrange() {
  const database = await openLabDatabase(server)
  const app = await connectLab(database.url)
  await app.run(`CREATE TABLE cust (id bigint PRIMARY KEY, name text, doc json, last_order text);
    INSERT INTO cust SELECT n, 'c' || n, '{"a": 1}' FROM generate_series(1, 5) n`)
  const owners = database.sync.owners(place, cust, owned)
  await owners.install()
  return { ...database, app, owners }
}

describe.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])('law 3, at %s', (level) => {
  test('a writer that began before the fence and wrote keeps the move waiting until it has committed', async () => {
    const { app, owners, url } = await arrange()
    const stray = await connectLab(url)
    await stray.run(`BEGIN ISOLATION LEVEL ${level}; UPDATE cust SET name = 'stray' WHERE id = 1`)
    expect(await owners.move(start, moving, { withinMs: 250 })).toBe('busy')
    const done = owners.move(start, moving, { withinMs: 15_000 })
    await stray.run('COMMIT')
    expect(await done).toBe('moved')
    expect(await app.rows('SELECT name FROM cust WHERE id = 1')).toEqual([['stray']])
  })

  test('a transaction that began before the fence and writes only after it is refused', async () => {
    const { app, owners, url } = await arrange()
    const stray = await connectLab(url)
    await stray.run(`BEGIN ISOLATION LEVEL ${level}; SELECT name FROM cust`)
    expect(await owners.move(start, moving, { withinMs: 5000 })).toBe('moved')
    await expect(stray.run(`UPDATE cust SET name = 'stray' WHERE id = 1`)).rejects.toThrow(
      /users is moving|could not serialize/,
    )
    await stray.run('ROLLBACK')
    expect(await app.rows('SELECT name FROM cust WHERE id = 1')).toEqual([['c1']])
  })

  test('a writer that waits for its row while the fence closes is refused or done before, never lost', async () => {
    const { app, owners, url } = await arrange()
    const [holder, waiter] = [await connectLab(url), await connectLab(url)]
    await holder.run(`BEGIN; UPDATE cust SET last_order = 'not owned' WHERE id = 1`)
    const writing = waiter.run(`BEGIN ISOLATION LEVEL ${level}; UPDATE cust SET name = 'stray' WHERE id = 1; COMMIT`)
    writing.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await owners.move(start, moving, { withinMs: 5000 })).toBe('moved')
    await holder.run('COMMIT')
    await expect(writing).rejects.toThrow(/users is moving|could not serialize/)
    expect(await app.rows('SELECT name FROM cust WHERE id = 1')).toEqual([['c1']])
  })

  test("a coordinator's note of its step disturbs no writer", async () => {
    const { owners, url } = await arrange()
    const writer = await connectLab(url)
    await writer.run(`BEGIN ISOLATION LEVEL ${level}; SELECT name FROM cust`)
    expect(await owners.writeIntent({ epoch: 0, id: undefined }, intent)).toBe(true)
    await writer.run(`UPDATE cust SET name = 'x' WHERE id = 1`)
    expect(await owners.writeIntent({ epoch: 0, id: 'a' }, { ...intent, step: 'commit' })).toBe(true)
    await writer.run(`UPDATE cust SET name = 'y' WHERE id = 2; COMMIT`)
  })
})

test('waiting for one writer does not freeze the others', async () => {
  const { app, owners, url } = await arrange()
  const slow = await connectLab(url)
  await slow.run(`BEGIN; UPDATE cust SET name = 'slow' WHERE id = 1`)
  const done = owners.move(start, moving, { withinMs: 1500 })
  let longestMs = 0
  for (let round = 0; round < 15; round++) {
    const begun = performance.now()
    await app.run(`UPDATE cust SET name = 'n${round}' WHERE id = 2`)
    longestMs = Math.max(longestMs, performance.now() - begun)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(longestMs).toBeLessThan(1000)
  expect(await done).toBe('busy')
  await slow.run('COMMIT')
})

test('TRUNCATE is refused, and so is COPY', async () => {
  const { app, owners } = await arrange()
  await owners.move(start, { owner: 'service', epoch: 1 }, { withinMs: 5000 })
  await expect(app.run('TRUNCATE cust')).rejects.toThrow(/users is owned by service \(epoch 1\).*truncate cust/)
  await expect(app.run('DELETE FROM cust')).rejects.toThrow(/delete from cust/)
  expect(await app.rows('SELECT count(*) FROM cust')).toEqual([[5]])
})

test('the refusal tells a program what to do: code, columns and hint', async () => {
  const { app, owners } = await arrange()
  await owners.move(start, { owner: 'service', epoch: 3 }, { withinMs: 5000 })
  await expect(app.run(`UPDATE cust SET doc = '{}', name = 'x' WHERE id = 1`)).rejects.toMatchObject({
    code: 'P0001',
    message:
      'banyan: users is owned by service (epoch 3), so this database may not change cust.name; write through the edge, or move it back: banyan cutover users --to legacy',
    detail: 'columns: name, doc',
    hint: 'write through the edge, or move it back: banyan cutover users --to legacy',
  })
  await app.run(`UPDATE cust SET doc = doc, name = name, last_order = 'x' WHERE id = 1`)
})

test('an observing fence names the application, and writers do not wait for each other to be counted', async () => {
  const { owners, url } = await arrange()
  await owners.setFence('observe')
  const [nightly, psql] = [await connectLab(url, 'nightly-job'), await connectLab(url, 'psql')]
  await nightly.run(`BEGIN; UPDATE cust SET name = 'x' WHERE id = 1`)
  await psql.run(`UPDATE cust SET name = 'y' WHERE id = 2`)
  const other = await connectLab(url, 'nightly-job')
  await other.run(`UPDATE cust SET name = 'z' WHERE id = 3`)
  await nightly.run('COMMIT; TRUNCATE cust')
  const seen = (await owners.observed()).map(({ operation, application, count, columns }) => {
    return `${application} ${operation} ${columns} ${count}`
  })
  expect(seen.sort()).toEqual(['nightly-job truncate id,name,doc 1', 'nightly-job update name 2', 'psql update name 1'])
})
