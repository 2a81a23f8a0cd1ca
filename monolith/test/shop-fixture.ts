import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import supertest from 'supertest'
import { afterAll, onTestFinished } from 'vitest'
import { buildApp } from '../src/app.ts'
import { openDatabase } from '../src/database/open.ts'
import { demoApiKeys } from '../src/seed/api-keys.ts'
import { seedDatabase } from '../src/seed/seed.ts'
import type { Shop } from '../src/shop.ts'

/** A key that opens the JSON API of every seeded shop. */
export const apiKey = demoApiKeys()[0]?.key ?? ''

/** A shop over a real database, and how to ask it. */
export interface OpenShop {
  readonly shop: Shop
  readonly app: FastifyInstance
  readonly file: string
  readonly log: readonly string[]
  /** A client of the JSON API. */
  api(method: 'get' | 'post' | 'put' | 'delete', path: string): supertest.Test
  /** A browser that keeps its cookies. */
  browser(): ReturnType<typeof supertest.agent>
}

/** A folder that goes away with the test. */
export function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'shop-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Opens a small seeded shop: 40 customers, 20 products, 200 orders. It closes with the test. */
export async function openShop(given: { readonly url?: string; readonly now?: Date } = {}): Promise<OpenShop> {
  const file = given.url ?? (await seededFile())
  const { db } = await openDatabase(file)
  if (given.url !== undefined) await seedDatabase(db, 0.02)
  const log: string[] = []
  const shop: Shop = { db, now: () => given.now ?? new Date(), log: (line) => log.push(line) }
  const app = await buildApp(shop)
  await app.ready()
  onTestFinished(async () => {
    await app.close()
    await db.destroy()
  })
  return {
    shop,
    app,
    file,
    log,
    api: (method, where) => supertest(app.server)[method](`/api${where}`).set('x-api-key', apiKey),
    browser: () => supertest.agent(app.server),
  }
}

const originals = mkdtempSync(path.join(tmpdir(), 'shop-original-'))
afterAll(() => rmSync(originals, { recursive: true, force: true }))

/** A copy of a seeded database; the original is made once for each file of tests. */
async function seededFile(): Promise<string> {
  const original = path.join(originals, 'shop.sqlite')
  if (!existsSync(original)) {
    const { db } = await openDatabase(original)
    await seedDatabase(db, 0.02)
    await db.destroy()
  }
  const file = path.join(folder(), 'shop.sqlite')
  copyFileSync(original, file)
  return file
}
