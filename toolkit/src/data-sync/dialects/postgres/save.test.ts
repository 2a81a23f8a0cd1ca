import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AggregateRows } from '../../../anti-corruption/index.ts'
import { type AggregateTables, tables } from '../../capability.ts'
import { keyName } from '../../key.ts'
import type { AggregateChange, RefusedChange, SaveGuard } from '../../ports/target.ts'
import { connectLab, openLabDatabase } from './fixtures/lab.ts'
import { type PostgresServer, startPostgres } from './fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const place = { capability: 'users', arm: 'service' } as const
const users = tables({ root: 'users', key: 'id', children: { tags: { table: 'tags', key: 'id', by: 'user_id' } } })
const schema = `
  CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(20), email text UNIQUE, n int CHECK (n < 100),
    list int[], seen timestamptz, must text NOT NULL DEFAULT 'kept', loud text GENERATED ALWAYS AS (upper(name)) STORED);
  CREATE TABLE tags (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, label text)`

async function arrange(sql = schema, of: AggregateTables = users) {
  const database = await openLabDatabase(server)
  const app = await connectLab(database.url)
  await app.run(sql)
  const target = database.sync.target(place, of)
  await target.prepare()
  const lease = await target.leases.acquire({ holder: 'w', process: undefined, now: Date.now(), leaseMs: 60_000 })
  if ('heldBy' in lease) throw new Error('the lease is free')
  const guard: SaveGuard = { lease, epoch: undefined }
  const save = (changes: readonly AggregateChange[]): Promise<readonly RefusedChange[]> =>
    target.transaction(guard, (transaction) => transaction.save(changes))
  const load = async (key: number) => (await target.reader.load([key])).get(keyName(key))?.rows
  return { ...database, app, target, guard, save, load }
}

function user(id: number, columns: AggregateRows['root'] = {}): AggregateChange {
  return {
    key: id,
    next: { root: { id, name: `n${id}`, ...columns }, children: { tags: [{ id, user_id: id, label: `t${id}` }] } },
    before: undefined,
  }
}

const many = (count: number) => Array.from({ length: count }, (_, place) => user(place + 1, { email: `u${place}@x` }))

test('a chunk of new aggregates is copied in, with every character that a text can hold', async () => {
  const { save, app, load } = await arrange()
  const odd = 'tab\tnew\nline\rback\\slash \\N "quoted" {brace} ☂ 😀'
  expect(await save([...many(200), user(900, { name: '\\.', email: odd, list: '{1,NULL,3}' })])).toEqual([])
  expect((await load(900))?.root).toMatchObject({
    name: '\\.',
    email: odd,
    list: '{1,NULL,3}',
    loud: '\\.',
    must: 'kept',
  })
  expect(await app.rows('SELECT count(*) FROM tags')).toEqual([[201]])
})

test('a chunk that turns out not to be new is saved all the same', async () => {
  const { save, app } = await arrange()
  await save(many(60))
  expect(await save(many(120))).toEqual([])
  expect(await app.rows('SELECT count(*) FROM users')).toEqual([[120]])
})

test('in a chunk, exactly what the database refuses is refused, each with its reason', async () => {
  const { save, app } = await arrange()
  const bad = [
    user(1001, { email: 'u3@x' }),
    user(1002, { name: 'far too long for twenty' }),
    user(1003, { n: 100 }),
    user(1004, { n: 3_000_000_000 }),
    user(1005, { name: 'a\0b' }),
    user(1006, { name: 'half \ud83d' }),
    user(1007, { seen: 'not a time' }),
    user(1008, { list: '{1,x}' }),
  ]
  const refused = await save([...many(100), ...bad])
  expect(refused.map(({ change, reason }) => `${change.key} ${reason}`).sort()).toEqual([
    expect.stringMatching(/^1001 duplicate key value violates unique constraint "users_email_key": Key \(email\)/),
    expect.stringMatching(/^1002 value too long/),
    expect.stringMatching(/^1003 .*violates check constraint/),
    expect.stringMatching(/^1004 .*out of range/),
    expect.stringMatching(/^1005 users\.name: .*NUL byte/),
    expect.stringMatching(/^1006 users\.name: .*surrogate/),
    expect.stringMatching(/^1007 invalid input syntax/),
    expect.stringMatching(/^1008 .*invalid input syntax/),
  ])
  expect(await app.rows('SELECT count(*), count(*) FILTER (WHERE id > 1000) FROM users')).toEqual([[100, 0]])
})

test('a row that is there is updated, also where a column that must have a value is not named', async () => {
  const { save, app, load } = await arrange()
  await app.run(`ALTER TABLE users ALTER must DROP DEFAULT; INSERT INTO users (name, must) VALUES ('old', 'own')`)
  const before = await load(1)
  expect(await save([{ key: 1, next: { root: { id: 1, name: 'new' }, children: {} }, before }])).toEqual([])
  expect(await app.rows('SELECT name, must FROM users')).toEqual([['new', 'own']])
})

test('what has not changed is not written', async () => {
  const { save, app, load } = await arrange()
  await save([user(1, { seen: '2026-01-02T03:04:05.678Z', n: 7, list: '{1,2}' })])
  const before = await load(1)
  expect(before?.root.seen).toBe('2026-01-02T03:04:05.678Z')
  const [was] = await app.rows('SELECT xmin FROM users')
  const { loud: _, ...root } = before?.root ?? {}
  expect(await save([{ key: 1, next: { root, children: before?.children ?? {} }, before }])).toEqual([])
  expect(await app.rows('SELECT xmin FROM users')).toEqual([was])
})

test('instants are read with their microseconds, and in UTC wherever the session is', async () => {
  const { app, load } = await arrange()
  await app.run(
    `INSERT INTO users (name, seen) VALUES ('a', '2026-07-01 12:00:00.123456+02'), ('b', '2026-07-01 12:00:00+02')`,
  )
  expect((await load(1))?.root.seen).toBe('2026-07-01T10:00:00.123456Z')
  expect((await load(2))?.root.seen).toBe('2026-07-01T10:00:00.000Z')
})

test('constraints that can wait are checked with the aggregate that breaks them, not at the commit', async () => {
  const { save, app } = await arrange(`
    CREATE TABLE users (id bigint PRIMARY KEY, boss bigint REFERENCES users DEFERRABLE INITIALLY DEFERRED, name text);
    CREATE TABLE tags (id bigint PRIMARY KEY, user_id bigint, label text)`)
  const refused = await save([user(1, { boss: 2 }), user(2, { boss: 1 }), user(3, { boss: 99 })])
  expect(refused.map(({ change }) => change.key)).toEqual([3])
  expect(await app.rows('SELECT id, boss FROM users ORDER BY id')).toEqual([
    [1, 2],
    [2, 1],
  ])
})

test('an exception that a trigger of the application raises refuses that aggregate only', async () => {
  const { save } = await arrange(`${schema};
    CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'n2' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER no BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION no()`)
  const refused = await save([user(1), user(2), user(3)])
  expect(refused).toMatchObject([{ change: { key: 2 }, reason: 'not this one' }])
})

test('unique values change hands in a group, over expressions and where they must have a value', async () => {
  const { app, target, guard } = await arrange(`
    CREATE TABLE users (id bigint PRIMARY KEY, name text, email varchar(30) NOT NULL, slot int NOT NULL UNIQUE, token uuid NOT NULL UNIQUE DEFAULT gen_random_uuid());
    CREATE UNIQUE INDEX ON users (lower(email)) WHERE name <> 'gone';
    CREATE TABLE tags (id bigint PRIMARY KEY, user_id bigint REFERENCES users, label text, own text);
    INSERT INTO users VALUES (1, 'a', 'A@x', 1), (2, 'b', 'b@x', 2);
    INSERT INTO tags VALUES (10, 1, 'one', 'kept')`)
  const tokens = await app.rows('SELECT token FROM users ORDER BY id')
  await target.transaction(guard, async (transaction) => {
    const held = await transaction.load([1, 2])
    const taking = (key: number, email: string, slot: number): AggregateChange => ({
      key,
      next: {
        root: { id: key, name: 'x', email, slot },
        children: { tags: key === 1 ? [{ id: 10, user_id: 1, label: 'new' }] : [] },
      },
      before: held.get(keyName(key))?.rows,
    })
    const group = [taking(1, 'B@x', 2), taking(2, 'a@x', 1)]
    expect((await transaction.save(group)).length).toBeGreaterThan(0)
    expect(await transaction.holdersOf(group[0]?.next ?? { root: {}, children: {} })).toEqual([2])
    expect(await transaction.saveTogether(group)).toEqual([])
  })
  expect(await app.rows('SELECT id, email, slot FROM users ORDER BY id')).toEqual([
    [1, 'B@x', 2],
    [2, 'a@x', 1],
  ])
  expect(await app.rows('SELECT token FROM users ORDER BY id')).toEqual(tokens)
  expect(await app.rows('SELECT label, own FROM tags')).toEqual([['new', 'kept']])
})

test('keys that a column cannot hold are simply not there', async () => {
  const { target } = await arrange()
  expect((await target.reader.load(['x', 2n ** 70n, 1.5, 'a\0'])).size).toBe(0)
})
