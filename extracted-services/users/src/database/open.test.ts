import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from './open.ts'

test('a new file becomes a database, and opens again as it is', async () => {
  const file = path.join(newFolder(), 'deeper', 'users.sqlite')
  for (const steps of [1, 0]) {
    const { db, applied } = await openDatabase(file)
    expect(applied).toHaveLength(steps)
    await db.destroy()
  }
})

test('the database of another application is refused, and left as it is', async () => {
  const file = path.join(newFolder(), 'monolith.sqlite')
  const legacy = new Database(file)
  onTestFinished(() => void legacy.close())
  legacy.exec('create table cust (cust_id integer primary key)')
  await expect(openDatabase(file)).rejects.toMatchObject({
    code: 'database-foreign',
    exitCode: 4,
    message: `${file} holds another application's schema (cust)`,
  })
  expect(legacy.prepare('select name from sqlite_master').pluck().all()).toEqual(['cust'])
})

test("the sync's own tables are not taken for another application's", async () => {
  const file = path.join(newFolder(), 'users.sqlite')
  const first = new Database(file)
  first.exec('create table banyan_origin (id integer primary key)')
  first.close()
  const { db, applied } = await openDatabase(file)
  expect(applied).toHaveLength(1)
  await db.destroy()
})

test('a file that is no database, a folder, a lock and a server that is down are said, each with what to do', async () => {
  const folder = newFolder()
  const text = path.join(folder, 'text.sqlite')
  writeFileSync(text, 'no database at all, however long it may be '.repeat(50))
  await expect(openDatabase(text)).rejects.toMatchObject({ code: 'database-damaged', exitCode: 4 })
  await expect(openDatabase(path.join(text, 'users.sqlite'))).rejects.toMatchObject({ code: 'database-unreachable' })
  await expect(openDatabase(folder)).rejects.toMatchObject({ code: 'database-unreachable', exitCode: 5 })
  const held = path.join(folder, 'held.sqlite')
  const holder = new Database(held)
  onTestFinished(() => void holder.close())
  holder.exec('BEGIN EXCLUSIVE')
  await expect(openDatabase(held)).rejects.toMatchObject({ code: 'database-locked', exitCode: 5 })
  const refused = await openDatabase('postgres://me:secret@127.0.0.1:1/users').catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'database-unreachable', exitCode: 5 })
  expect(String(refused)).toContain('postgres://me:***@127.0.0.1:1/users cannot be opened')
})

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-users-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
