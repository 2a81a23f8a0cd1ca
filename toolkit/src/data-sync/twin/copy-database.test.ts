import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { connectApplication } from '../dialects/postgres/fixtures/server.ts'
import { usePostgres } from '../fixtures/pair.ts'
import { openShop } from '../fixtures/shop.ts'
import { claimCopy, copyDatabase, removeCopy } from './copy-database.ts'

const postgres = usePostgres()

test('an SQLite database is copied as it is at one instant, while the application goes on writing', async () => {
  const shop = await openShop()
  shop.fill(20_000)
  const folder = await emptyFolder()
  shop.legacy.exec(`UPDATE cust SET nm = 'w0'; UPDATE cust_addr SET ln1 = 'w0'`)
  let writes = 0
  const writing = setInterval(() => {
    shop.legacy.exec(`BEGIN; UPDATE cust SET nm = 'w${++writes}'; UPDATE cust_addr SET ln1 = 'w${writes}'; COMMIT`)
  }, 0)
  const copy = await copyDatabase(`sqlite:${shop.paths.legacy}`, { name: 'banyan_twin_1_legacy', folder }).finally(() =>
    clearInterval(writing),
  )
  const copied = new Database(copy.url)
  expect(copied.pragma('integrity_check', { simple: true })).toBe('ok')
  const names = copied.prepare('SELECT nm FROM cust UNION SELECT ln1 FROM cust_addr').pluck().all()
  expect(names).toHaveLength(1)
  copied.close()
  expect(writes).toBeGreaterThan(0)
  await copy.remove()
  await copy.remove()
  expect(await readdir(folder)).toEqual([])
})

test('an absent SQLite file is said to be absent, and no copy is left', async () => {
  const folder = await emptyFolder()
  const copying = copyDatabase(join(folder, 'absent.sqlite'), { name: 'banyan_twin_1_legacy', folder })
  await expect(copying).rejects.toMatchObject({ code: 'sync-database-absent' })
  expect(await readdir(folder)).toEqual([])
})

test('a PostgreSQL database is copied on its server, and dropped though somebody is connected to the copy', async () => {
  const url = await postgres().freshUrl()
  const app = await connectApplication(url)
  await app.query(`CREATE TABLE cust (id int PRIMARY KEY, nm text); INSERT INTO cust VALUES (1, 'Ada')`)
  await app.end()
  const copy = await copyDatabase(url, { name: 'banyan_twin_1_legacy', folder: tmpdir() })
  expect(copy.label).toMatch(/^postgres:\/\/sync@127.0.0.1:\d+\/banyan_twin_1_legacy$/)
  const copied = await connectApplication(copy.url)
  expect((await copied.query('SELECT nm FROM cust')).rows).toEqual([{ nm: 'Ada' }])
  await removeCopy(copy.url)
  await copy.remove()
  await expect(copied.query('SELECT 1')).rejects.toThrow()
  await expect(connectApplication(copy.url)).rejects.toThrow(/does not exist/)
})

test('a PostgreSQL database that somebody is connected to is refused, with who that is', {
  timeout: 20_000,
}, async () => {
  const url = await postgres().freshUrl()
  const app = await connectApplication(url, 'nightly report')
  onTestFinished(() => app.end())
  const copying = copyDatabase(url, { name: 'banyan_twin_2_legacy', folder: tmpdir() })
  await expect(copying).rejects.toMatchObject({
    code: 'twin-source-busy',
    exitCode: 6,
    message: expect.stringContaining('nightly report (1)'),
  })
})

test('a role that may not create databases is told what it needs', async () => {
  const url = await postgres().freshUrl()
  const admin = await connectApplication(url)
  await admin.query(`CREATE ROLE plain LOGIN PASSWORD 'plain'`)
  await admin.end()
  const asPlain = new URL(url)
  asPlain.username = 'plain'
  asPlain.password = 'plain'
  const copying = copyDatabase(asPlain.href, { name: 'banyan_twin_3_legacy', folder: tmpdir() })
  await expect(copying).rejects.toMatchObject({ code: 'twin-create-denied', hint: expect.stringContaining('CREATEDB') })
})

test('in a copy the arm that stands on it owns everything; nothing but a copy is ever claimed or removed', async () => {
  const shop = await openShop()
  const sync = await shop.sync()
  await sync.observe('enforce')
  expect(() => shop.service.exec(`INSERT INTO users VALUES (1, 'x', 'x', 'active', '')`)).toThrow(/owned by legacy/)
  const folder = await emptyFolder()
  const copy = await copyDatabase(shop.paths.service, { name: 'banyan_twin_1_service', folder })
  await claimCopy(copy.url, 'service')
  const copied = new Database(copy.url)
  onTestFinished(() => void copied.close())
  copied.exec(`INSERT INTO users VALUES (1, 'x', 'x', 'active', '')`)
  for (const forbidden of [claimCopy(shop.paths.service, 'service'), removeCopy(shop.paths.service)])
    await expect(forbidden).rejects.toMatchObject({ code: 'twin-not-a-copy', exitCode: 6 })
  expect(() => shop.service.exec(`INSERT INTO users VALUES (1, 'x', 'x', 'active', '')`)).toThrow(/owned by legacy/)
})

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-copies-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
