import { systemClock } from '@banyan/toolkit/base'
import { isSqlite, type Owner } from '@banyan/toolkit/service-database'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Knex } from 'knex'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Databases, openMigrated, postgresDatabases, sqliteDatabases } from '../test/databases.ts'
import { buildApp } from './app.ts'
import { connectDatabase } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import { ownershipIn } from './database/ownership.ts'
import { legacyForm } from './domain/password.ts'
import { knowsKey } from './http/api-keys.ts'

const ada = { email: 'Ada@example.org', givenName: 'Ada', familyName: 'Lovelace', password: 'analytical' }
const home = { kind: 'billing', line1: '1 Main St', city: 'Ithaca', region: 'NY', postalCode: '14850', country: 'US' }

describe.each([
  ['SQLite', sqliteDatabases],
  ['PostgreSQL', postgresDatabases],
])('on %s', (_dialect, startDatabases) => {
  let databases: Databases
  beforeAll(async () => {
    databases = await startDatabases()
  })
  afterAll(() => databases.stop())

  test('the schema is made once', async () => {
    const db = connectDatabase(await databases.freshUrl())
    onTestFinished(() => db.destroy())
    expect(await migrate(db)).toEqual(['001-create-users'])
    expect(await migrate(db)).toEqual([])
  })

  test('a user is created, found, listed and changed', async () => {
    const { agent } = await start()
    const given = {
      ...ada,
      newsletter: true,
      interests: ['GARDEN', 'BOOKS'],
      phone: { kind: 'declined' },
      addresses: [home],
    }
    const created = await agent.post('/users').send(given).expect(201)
    expect(created.headers.location).toBe('/users/1')
    const { password: _password, ...shown } = given
    expect(created.body).toMatchObject({
      ...shown,
      id: 1,
      displayName: 'Ada Lovelace',
      status: 'active',
      loyaltyTier: 'unrated',
      addresses: [{ ...home, id: 1, line2: null, isDefault: false }],
    })
    expect((await agent.get('/users/1').expect(200)).body).toEqual(created.body)
    const changes = { familyName: 'King', phone: { kind: 'number', number: '+44 20' }, addresses: [] }
    const changed = await agent.patch('/users/1').send(changes).expect(200)
    expect(changed.body).toMatchObject({
      ...changes,
      displayName: 'Ada King',
      email: ada.email,
      interests: given.interests,
    })
    expect((await agent.get('/users').expect(200)).body).toEqual({ users: [changed.body], next: null })
  })

  test('no answer holds anything of a password', async () => {
    const { agent, db } = await start()
    const answers = [
      await agent.post('/users').send(ada),
      await agent.get('/users/1'),
      await agent.get('/users'),
      await logIn(agent),
    ]
    const [stored] = await db('credentials')
    for (const { text } of answers) {
      for (const secret of [stored.legacy_hash, stored.legacy_salt, stored.scrypt, 'analytical', 'credential'])
        expect(text).not.toContain(secret)
    }
  })

  test('pages follow each other in order of id and end with null', async () => {
    const { agent } = await start()
    for (const at of [1, 2, 3, 4, 5])
      await agent
        .post('/users')
        .send({ ...ada, email: `ada${at}@example.org` })
        .expect(201)
    const pages = [
      await agent.get('/users?limit=2'),
      await agent.get('/users?limit=2&after=2'),
      await agent.get('/users?limit=2&after=4'),
    ]
    expect(pages.map(({ body }) => [body.users.map((user: { id: number }) => user.id), body.next])).toEqual([
      [[1, 2], 2],
      [[3, 4], 4],
      [[5], null],
    ])
  })

  test('an e-mail address is taken in any case, also when two ask at once', async () => {
    const { agent } = await start()
    const answers = await Promise.all(
      ['a@x.org', 'A@x.org', 'a@X.org'].map((email) => agent.post('/users').send({ ...ada, email })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    await agent
      .post('/users')
      .send({ ...ada, email: 'b@x.org' })
      .expect(201)
    const refused = await agent
      .patch(`/users/${answers.find(({ status }) => status === 201)?.body.id}`)
      .send({ email: 'B@x.org' })
    expect(refused).toMatchObject({ status: 409, body: expect.objectContaining({ code: 'email-taken' }) })
  })

  test('law 3: while legacy owns users, writes of both APIs are refused with the owner and the remedy', async () => {
    const { agent, db } = await start('legacy')
    const clean = await agent.post('/users').send(ada).expect(409).expect('content-type', 'application/problem+json')
    expect(clean.body).toMatchObject({
      code: 'not-the-owner',
      detail: expect.stringContaining('banyan cutover users --to service'),
    })
    const legacy = await agent
      .post('/api/customers')
      .send({ name: 'A, B', email: 'a@b.org', password: 'secret1' })
      .expect(503)
    expect(legacy.headers['retry-after']).toBe('1')
    expect(legacy.body.detail).toContain('owned by legacy')
    expect(await db('users')).toEqual([])
  })

  test('law 3: a row of banyan_owner decides, at the very next write, whatever was configured', async () => {
    const { agent, db } = await start('service')
    await agent.post('/users').send(ada).expect(201)
    await db.schema.createTable('banyan_owner', (table) => {
      table.text('capability').primary()
      table.text('owner')
      table.integer('epoch')
    })
    await db('banyan_owner').insert({ capability: 'users', owner: 'moving', epoch: 2 })
    const moving = await agent.patch('/users/1').send({ newsletter: true }).expect(503)
    expect(moving.body).toMatchObject({ code: 'owner-moving', detail: expect.stringContaining('epoch 2') })
    expect(moving.headers['retry-after']).toBe('1')
    await agent.put('/api/customers/1').send({ newsletter: 'Y' }).expect(503).expect('retry-after', '1')
    await db('banyan_owner').update({ owner: 'service' })
    await agent.patch('/users/1').send({ newsletter: true }).expect(200)
  })

  test.each([
    [
      'users is owned by legacy (epoch 4), so this database may not change users.newsletter; write through the edge',
      409,
    ],
    ['users is moving to legacy (epoch 4), so nobody may change users.newsletter now; try again in a second', 503],
  ])('law 3: what the fence refuses is answered as the owner row would: %s', async (words, status) => {
    const { agent, db } = await start('service')
    await agent.post('/users').send(ada).expect(201)
    for (const statement of fence(isSqlite(db), `banyan: ${words}`)) await db.raw(statement)
    const clean = await agent.patch('/users/1').send({ newsletter: true }).expect(status)
    expect(clean.body).toMatchObject({ code: status === 409 ? 'not-the-owner' : 'owner-moving', detail: words })
    expect(clean.headers['retry-after']).toBe(status === 503 ? '1' : undefined)
    const legacy = await agent.put('/api/customers/1').send({ newsletter: 'Y' }).expect(503).expect('retry-after', '1')
    expect(legacy.body).toEqual({ error: 'write refused by the database', detail: words })
    expect(await db('users').first('newsletter')).toEqual({ newsletter: 0 })
    await logIn(agent).expect(200)
  })

  test.each([
    { familyName: 'Love\0lace' },
    { phone: { kind: 'number', number: '1\0' } },
    { addresses: [{ kind: 'billing', line1: '\0', city: 'Ithaca', region: 'NY', postalCode: '1', country: 'US' }] },
  ])('the character that PostgreSQL cannot store is refused as 400: %j', async (hostile) => {
    const { agent, db } = await start()
    const refused = await agent
      .post('/users')
      .send({ ...ada, ...hostile })
      .expect(400)
    expect(refused.body.detail).toContain('U+0000')
    expect(await db('users')).toEqual([])
  })

  test("what PostgreSQL cannot store is refused by the old endpoints in legacy's words; SQLite stores it, as legacy's does", async () => {
    const { agent, db } = await start()
    const hostile = { name: 'LOVE\0LACE, ADA', email: 'ada@example.org', password: 'analytical' }
    const answer = await agent.post('/api/customers').send(hostile)
    if (isSqlite(db)) expect(answer.body).toMatchObject({ ok: true })
    else expect([answer.status, answer.body]).toEqual([400, { error: 'text that the database cannot hold' }])
  })

  test('new rows get their ids from the database, above what it was told to start from', async () => {
    const { agent, db } = await start()
    const raise = isSqlite(db)
      ? "insert into sqlite_sequence (name, seq) values ('users', 999)"
      : "select setval(pg_get_serial_sequence('users', 'id'), 999)"
    await db.raw(raise)
    expect((await agent.post('/users').send(ada).expect(201)).body.id).toBe(1000)
  })

  test('a legacy hash is accepted at log-in, and gets scrypt beside it only while the service owns users', async () => {
    const { agent, db } = await start('service')
    await agent.post('/users').send(ada).expect(201)
    const old = legacyForm('welcome1')
    await db('credentials').update({ legacy_hash: old.legacyHash, legacy_salt: old.legacySalt, scrypt: null })
    const asLegacy = await appOn(db, 'legacy')
    await logIn(asLegacy, 'welcome1').expect(200)
    expect(await db('credentials').first('scrypt')).toEqual({ scrypt: null })
    await logIn(agent, 'wrong').expect(401)
    expect(await db('credentials').first('scrypt')).toEqual({ scrypt: null })
    await logIn(agent, 'welcome1').expect(200)
    const upgraded = await db('credentials').first()
    expect(upgraded).toMatchObject({ legacy_hash: old.legacyHash, legacy_salt: old.legacySalt })
    expect(upgraded.scrypt).toMatch(/^\$scrypt\$/)
    await logIn(agent, 'welcome1').expect(200)
    await logIn(agent, 'wrong').expect(401)
  })

  test('who is unknown, deleted or not active does not get in', async () => {
    const { agent, db } = await start()
    await agent.post('/users').send(ada).expect(201)
    await logIn(agent, 'analytical', 'nobody@example.org').expect(401)
    await agent.patch('/users/1').send({ status: 'suspended' }).expect(200)
    expect((await logIn(agent).expect(403)).body).toMatchObject({ code: 'user-not-active' })
    await logIn(agent, 'wrong').expect(401)
    await agent.delete('/api/customers/1').expect(200)
    await logIn(agent).expect(401)
    await agent.get('/users/1').expect(404)
    await agent.patch('/users/1').send({}).expect(404)
    expect(await db('users').count({ count: '*' }).first()).toMatchObject({ count: expect.anything() })
  })

  test('what one API writes, the other one shows', async () => {
    const { agent } = await start()
    await agent
      .post('/api/customers')
      .send({ name: 'hopper, grace', email: 'grace@example.org', password: 'cobol60', phone: '' })
      .expect(200)
    expect((await agent.get('/users/1')).body).toMatchObject({
      displayName: 'Grace Hopper',
      phone: { kind: 'declined' },
    })
    await agent
      .patch('/users/1')
      .send({ familyName: 'McHopper', interests: ['COBOL'] })
      .expect(200)
    expect((await agent.get('/api/customers/1')).body).toMatchObject({
      name: 'MCHOPPER, GRACE',
      interests: 'COBOL',
      phone: '',
    })
    await agent.put('/api/customers/1').send({ newsletter: 'Y' }).expect(200)
    expect((await agent.get('/users/1')).body).toMatchObject({ familyName: 'McHopper', newsletter: true })
  })

  async function start(owner: Owner = 'service') {
    const db = await openMigrated(await databases.freshUrl())
    return { db, agent: await appOn(db, owner) }
  }
})

test('every problem of a body is named at once', async () => {
  const agent = await sqliteApp()
  const answer = await agent
    .post('/users')
    .send({ email: 'no', familyName: 'A, B', phone: { kind: 'fax' }, surname: 1 })
    .expect(400)
  expect(answer.headers['content-type']).toBe('application/problem+json')
  for (const part of ['email:', 'familyName:', 'phone', 'password:', 'surname'])
    expect(answer.body.detail).toContain(part)
})

test.each(['abc', '0', '-1', '1.5', '2147483648', '99999999999999999999', '%20', '1e1', '0x1', '01'])(
  'the id %s is refused with a problem',
  async (id) => {
    const agent = await sqliteApp()
    expect((await agent.get(`/users/${id}`)).status).toBe(400)
  },
)

test('without a known key the clean API answers nothing', async () => {
  const agent = await sqliteApp()
  for (const [method, path] of [
    ['get', '/users'],
    ['get', '/users/1'],
    ['post', '/users'],
    ['patch', '/users/1'],
    ['post', '/auth/login'],
  ] as const) {
    expect((await agent[method](path).set('x-api-key', 'wrong')).body).toMatchObject({
      status: 401,
      code: 'api-key-unknown',
    })
  }
})

test('the OpenAPI document describes the clean API, and its page loads nothing from elsewhere', async () => {
  const agent = await sqliteApp()
  const { body } = await agent.get('/openapi.json').expect(200)
  expect(Object.keys(body.paths).sort()).toEqual(['/auth/login', '/users', '/users/{id}'])
  expect(body.paths['/users'].post.requestBody.content['application/json'].schema.required).toContain('familyName')
  const page = await agent.get('/docs/').expect(200)
  expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//)
})

test('the schemas of the OpenAPI document are of its own dialect, and what is answered keeps to them', async () => {
  const agent = await sqliteApp()
  const { body } = await agent.get('/openapi.json').expect(200)
  expect(body.openapi).toBe('3.1.0')
  const ajv = addFormats.default(new Ajv2020({ strict: true, allowUnionTypes: true }))
  const answered = (path: string, method: string, status: number) => {
    const [media] = Object.values<{ schema: object }>(body.paths[path][method].responses[status].content)
    return ajv.compile(media?.schema ?? expect.fail(path))
  }
  const sent = ajv.compile(body.paths['/users'].post.requestBody.content['application/json'].schema)
  expect(sent(ada)).toBe(true)
  const created = await agent.post('/users').send(ada).expect(201)
  expect(answered('/users', 'post', 201)(created.body)).toBe(true)
  expect(answered('/users', 'post', 409)((await agent.post('/users').send(ada)).body)).toBe(true)
  expect(answered('/users/{id}', 'get', 404)((await agent.get('/users/99')).body)).toBe(true)
  expect(answered('/users', 'get', 200)((await agent.get('/users')).body)).toBe(true)
  for (const parameter of body.paths['/users/{id}'].get.parameters) ajv.compile(parameter.schema)
})

test('health says that the process lives, readiness that its database answers', async () => {
  const agent = await sqliteApp()
  expect((await agent.get('/healthz').expect(200)).text).toBe('{"status":"ok"}')
  expect((await agent.get('/readyz').expect(200)).body).toEqual({ status: 'ready', checks: { database: 'ok' } })
})

async function sqliteApp() {
  const databases = await sqliteDatabases()
  onTestFinished(() => databases.stop())
  return await appOn(await openMigrated(await databases.freshUrl()), 'service')
}

async function appOn(db: Knex, owner: Owner) {
  const app = await buildApp({
    db,
    ownership: ownershipIn(owner),
    knowsKey: knowsKey(['key-1']),
    clock: systemClock,
    logLevel: 'silent',
    cost: { logCost: 4, blockSize: 8, parallel: 1 },
  })
  onTestFinished(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  return supertest.agent(app.server).set('x-api-key', 'key-1')
}

/** A trigger of the shape that a cutover installs. */
function fence(sqlite: boolean, words: string): readonly string[] {
  if (sqlite)
    return [`create trigger fence before update of newsletter on users begin select raise(abort, '${words}'); end`]
  return [
    `create function fence() returns trigger language plpgsql as $$
     begin raise exception '${words}' using errcode = 'P0001'; end $$`,
    'create trigger fence before update of newsletter on users for each row execute function fence()',
  ]
}

function logIn(agent: Awaited<ReturnType<typeof appOn>>, password = ada.password, email = ada.email) {
  return agent.post('/auth/login').send({ email, password })
}
