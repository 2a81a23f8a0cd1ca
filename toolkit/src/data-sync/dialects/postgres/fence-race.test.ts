import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tables } from '../../capability.ts'
import type { OwnerAt } from '../../ports/owner.ts'
import { connectLab, openLabDatabase } from './fixtures/lab.ts'
import { type PostgresServer, startPostgres } from './fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const cust = tables({ root: 'cust', key: 'id' })
const levels = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const
const bounds = { withinMs: 10_000 }
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
  const { url, sync } = await openLabDatabase(server)
  const app = await connectLab(url)
  await app.run(
    'CREATE TABLE cust (id bigint PRIMARY KEY, n bigint); INSERT INTO cust SELECT n, 0 FROM generate_series(1, 6) n',
  )
  const owners = sync.owners({ capability: 'users', arm: 'legacy' }, cust, undefined)
  await owners.install()
  const walk = async (...way: readonly OwnerAt[]) => {
    for (const [at, next] of way.slice(1).entries()) {
      expect(await owners.move(way[at] ?? next, next, bounds)).toBe('moved')
    }
  }
  return { url, app, owners, walk }
}

const undone: readonly OwnerAt[] = [
  { owner: 'legacy', epoch: 0 },
  { owner: 'moving', epoch: 1 },
  { owner: 'legacy', epoch: 2 },
]
const thereAndBack: readonly OwnerAt[] = [
  { owner: 'legacy', epoch: 0 },
  { owner: 'moving', epoch: 1 },
  { owner: 'service', epoch: 1 },
  { owner: 'moving', epoch: 2 },
  { owner: 'legacy', epoch: 2 },
]
const ways = [
  ['a cutover that was undone', undone, 'legacy'],
  ['a cutover there', thereAndBack.slice(0, 3), 'other'],
  ['a cutover there and back', thereAndBack, 'legacy'],
  ['a cutover that was undone, and another that has fenced', [...undone, { owner: 'moving', epoch: 3 }], 'other'],
] as const

describe.each(levels)('law 3, at %s', (level) => {
  test.each(ways)('a transaction that outlives %s writes only where legacy owns', async (_name, way, owner) => {
    const { url, app, owners, walk } = await arrange()
    const stray = await connectLab(url)
    await stray.run(`BEGIN ISOLATION LEVEL ${level}; SELECT n FROM cust`)
    // The note makes a version of the row that differs in no key, which the walk to the present one must see through.
    expect(await owners.writeIntent({ epoch: 0, id: undefined }, intent)).toBe(true)
    await walk(...way)
    const writing = stray.run('UPDATE cust SET n = 1 WHERE id = 1; COMMIT')
    const mayWrite = owner === 'legacy' && level === 'READ COMMITTED'
    if (mayWrite) await writing
    else await expect(writing).rejects.toThrow(/users is|could not serialize/)
    expect(await app.rows('SELECT n FROM cust WHERE id = 1')).toEqual([[mayWrite ? 1 : 0]])
  })
})

test('law 3: while the owner moves at random under writers of every isolation level, nothing changes behind the fence', async () => {
  const rounds = 40
  const { url, app, owners, walk } = await arrange()
  let stopped = false
  const counts = { written: 0, refused: 0 }
  const writers = levels.flatMap((level) => [write(level, 1), write(level, 2)])
  let epoch = 0
  const noting = note()
  const behind: string[] = []
  for (let round = 0; round < rounds; round++) {
    const moving = { owner: 'moving', epoch: epoch + 1 } as const
    await walk({ owner: 'legacy', epoch }, moving)
    const then = String(await app.rows('SELECT id, n FROM cust ORDER BY id'))
    const settled = { owner: 'service', epoch: epoch + 1 } as const
    if (round % 2 === 0) await walk(moving, settled)
    await pause(Math.random() * 6)
    const now = String(await app.rows('SELECT id, n FROM cust ORDER BY id'))
    if (now !== then) behind.push(`${round}: ${then} -> ${now}`)
    epoch += 2
    if (round % 2 === 0) await walk(settled, { owner: 'moving', epoch }, { owner: 'legacy', epoch })
    else await walk(moving, { owner: 'legacy', epoch })
    await pause(Math.random() * 6)
  }
  stopped = true
  await Promise.all([...writers, noting])
  expect(behind).toEqual([])
  expect(counts.written).toBeGreaterThan(rounds)
  expect(counts.refused).toBeGreaterThan(rounds)

  async function write(level: (typeof levels)[number], id: number): Promise<void> {
    const client = await connectLab(url)
    while (!stopped) {
      try {
        await client.run(`BEGIN ISOLATION LEVEL ${level}; SELECT 1 FROM cust`)
        await pause(Math.random() * 8)
        await client.run(`UPDATE cust SET n = n + 1 WHERE id = ${id + 2 * levels.indexOf(level)}`)
        await pause(Math.random() * 3)
        await client.run('COMMIT')
        counts.written++
      } catch (thrown) {
        expect(String(thrown)).toMatch(/users is|could not serialize/)
        counts.refused++
        await client.run('ROLLBACK')
      }
    }
  }

  // Its notes change the row of the owner beside everything else, in no key.
  async function note(): Promise<void> {
    let id: string | undefined
    while (!stopped) {
      const next = id === undefined ? 'a' : undefined
      if (await owners.writeIntent({ epoch, id }, next && { ...intent, id: next })) id = next
      await pause(3)
    }
  }
})

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
