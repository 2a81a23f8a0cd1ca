import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../app.ts'
import { openDatabase } from '../database/open.ts'
import { selectOne } from '../database/query.ts'
import { demoApiKeys } from '../seed/api-keys.ts'
import { seedDatabase } from '../seed/seed.ts'
import type { Shop } from '../shop.ts'

const key = demoApiKeys()[0]?.key ?? ''

test('the pages write customers through the JSON API, wherever it is answered from', async () => {
  const behindTheApi = await openShop()
  const api = await buildApp(behindTheApi)
  onTestFinished(() => api.close())
  const origin = await api.listen({ port: 0, host: '127.0.0.1' })
  const ownDatabase = await openShop()
  const pages = await buildApp(ownDatabase, { origin, key })
  onTestFinished(() => pages.close())

  expect(await register(pages, 'wren@example.org')).toBe(303)
  expect(await nameOf(behindTheApi, 'wren@example.org')).toEqual({ nm: 'DOE, WREN' })
  expect(await nameOf(ownDatabase, 'wren@example.org')).toBeUndefined()
  expect(await register(pages, 'wren@example.org'), 'the refusal of the API is shown').toBe(422)
})

test('a customers API that does not answer is a 503 page', async () => {
  const pages = await buildApp(await openShop(), { origin: 'http://127.0.0.1:9', key })
  onTestFinished(() => pages.close())
  expect(await register(pages, 'wren@example.org')).toBe(503)
})

async function register(app: FastifyInstance, email: string): Promise<number> {
  const answer = await app.inject({
    method: 'POST',
    url: '/register',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ first: 'Wren', last: 'Doe', email, password: 'secret1' }).toString(),
  })
  return answer.statusCode
}

function nameOf({ db }: Shop, email: string): Promise<{ readonly nm: string } | undefined> {
  return selectOne<{ nm: string }>(db, 'SELECT nm FROM cust WHERE email = ?', [email])
}

async function openShop(): Promise<Shop> {
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-'))
  const { db } = await openDatabase(path.join(folder, 'shop.sqlite'))
  await seedDatabase(db, 0.02)
  onTestFinished(async () => {
    await db.destroy()
    rmSync(folder, { recursive: true })
  })
  return { db, now: () => new Date(), log: () => undefined }
}
