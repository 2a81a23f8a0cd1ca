import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { withArms } from './fixtures/arms.ts'

test('a dry run shows the preflight and each step with what it saw, and changes nothing', async () => {
  const place = await withArms()
  const before = stateOf(place)
  const { code, stdout } = await place.banyan('cutover', 'users', '--to', 'service', '--dry-run')
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was changed') })
  expect(stdout).toMatch(/ok +verification +20 aggregates were equal/)
  expect(stdout).toMatch(/ 4 {2}fence the old owner/)
  expect(widest(stdout)).toBeLessThanOrEqual(80)
  expect(stateOf(place)).toEqual(before)
  const json = JSON.parse((await place.banyan('cutover', 'users', '--to', 'service', '--dry-run', '--json')).stdout)
  expect(json).toMatchObject({ formatVersion: 1, dryRun: true, pending: null, preflight: { ok: true } })
  expect(json.steps).toHaveLength(12)
  expect(stateOf(place)).toEqual(before)
})

test('law 5: there and back under writes, none fails, each acknowledged write is on both arms, and the summary says how that is known', async () => {
  const place = await withArms()
  place.follow()
  const writer = startWriter(place.create)
  const there = await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users', '--reason', 'data proven')
  expect(there.code, there.stderr).toBe(0)
  expect(there.stdout).toContain('users is owned by service now (epoch 1)')
  expect(there.stdout).toMatch(/held \d+ requests, sent on \d+, refused 0/)
  expect(there.stdout).toMatch(/lost 0: \S+/)
  expect(there.stdout).toContain('banyan cutover users --to legacy')
  expect(widest(there.stdout)).toBeLessThanOrEqual(80)
  expect((await place.create('after@x')).arm).toBe('service')
  expect(place.text()).toContain('owner: service')

  expect(await place.banyan('sync', 'verify', 'users', '--exit-code')).toMatchObject({ code: 0 })
  const back = await place.banyan('cutover', 'users', '--to', 'legacy', '--confirm=users')
  expect(back.code, back.stderr + back.stdout).toBe(0)
  const written = await writer.stop()
  expect(written.filter(({ status }) => status !== 201)).toEqual([])
  expect((await place.create('again@x')).arm).toBe('legacy')
  for (const { email } of written) expect(countOf(place.legacy, 'cust', email), email).toBe(1)
})

function startWriter(create: (email: string) => Promise<{ status: number }>) {
  const written: { email: string; status: number }[] = []
  let going = true
  const run = (async () => {
    for (let at = 0; going; at++) {
      const email = `w${at}@x`
      written.push({ email, ...(await create(email)) })
    }
  })()
  return {
    stop: async () => {
      going = false
      await run
      return written
    },
  }
}

type Place = Awaited<ReturnType<typeof withArms>>

function countOf(database: Database.Database, table: string, email: string): unknown {
  return database.prepare(`SELECT count(*) FROM ${table} WHERE email = ?`).pluck().get(email)
}

/** All that a dry run must leave alone: the route table's file, the journal, and every object and owner row of both databases. */
function stateOf({ text, journalFile, legacy, service }: Place) {
  const rows = (database: Database.Database) => {
    const objects = database.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').all()
    const tables = ['banyan_owner'].filter((table) => objects.some((each) => (each as { name: string }).name === table))
    return { objects, owners: tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all()) }
  }
  return {
    file: createHash('sha256').update(text()).digest('hex'),
    journal: existsSync(journalFile),
    legacy: rows(legacy),
    service: rows(service),
  }
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}
