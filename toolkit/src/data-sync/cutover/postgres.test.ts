import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectApplication, type PostgresServer, startPostgres } from '../dialects/postgres/fixtures/server.ts'
import { eventually } from '../fixtures/shop.ts'
import { killEachAction } from './fixtures/kill-each.ts'
import { openPostgresLab } from './fixtures/postgres-bed.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

test('law 5: on PostgreSQL, there and back and there again under writes loses none, doubles none, fails none', async () => {
  const lab = await openPostgresLab(server)
  const cutover = await lab.coordinator()
  const stop = lab.write(3)
  let held = 0
  for (const [to, epoch] of [
    ['service', 1],
    ['legacy', 2],
    ['service', 3],
  ] as const) {
    await delay(100)
    const report = await cutover.run(to)
    expect(report).toMatchObject({ outcome: 'done', owner: to, epoch, lost: 0, hold: { refused: 0 } })
    held += report.hold?.held ?? 0
    await delay(100)
    await lab.sync.verify()
  }
  const written = await stop()
  expect(held).toBeGreaterThan(0)
  expect(written.refused).toEqual([])
  await lab.assertNothingLost(written)
}, 60_000)

test('a writer past the edge that is still open is waited for, and what it commits moves with the owner', async () => {
  const lab = await openPostgresLab(server, 5)
  const cutover = await lab.coordinator()
  await lab.sync.observe('enforce') // Triggers cannot be installed beside an open writer.
  const commit = await lab.openTransaction('legacy')
  const report = await cutover.run('service', {
    maxHoldMs: 10_000,
    onAction: ({ step }, when) => void (step === 'fence' && when === 'before' && setTimeout(() => void commit(), 300)),
  })
  expect(report).toMatchObject({ outcome: 'done', tail: 1, lostHow: expect.stringContaining('1 of 1 equal') })
  expect(await lab.names('service', 'stray')).toEqual(['stray'])
  await expect(lab.insert('legacy', 'late')).rejects.toThrow(/users is owned by service \(epoch 1\)/)
})

test('a writer that stays open past the bound undoes the cutover, and may commit after it', async () => {
  const lab = await openPostgresLab(server, 5)
  const cutover = await lab.coordinator()
  await lab.sync.observe('enforce') // Triggers cannot be installed beside an open writer.
  const commit = await lab.openTransaction('legacy')
  const report = await cutover.run('service', { maxHoldMs: 700 })
  expect(report).toMatchObject({ outcome: 'undone', owner: 'legacy', epoch: 2 })
  expect(await lab.edge.write('w-after')).toBe('acknowledged')
  await commit()
  expect(await lab.names('legacy', 'stray')).toEqual(['stray'])
  await eventually(async () => (await lab.names('service', 'stray')).length === 1)
  expect(await cutover.run('service')).toMatchObject({ outcome: 'done', epoch: 3 })
})

test('a transaction in another database of the server, which pins the horizon, does not stop a cutover', async () => {
  const lab = await openPostgresLab(server, 5)
  const cutover = await lab.coordinator()
  const pinning = await connectApplication(await server.freshUrl(), 'reports')
  onTestFinished(() => pinning.end())
  await pinning.query('BEGIN')
  await pinning.query('CREATE TABLE report (id int)')
  for (let n = 0; n < 5; n++) await lab.edge.write(`w-pinned-${n}`)
  const preflight = await eventually(async () => {
    const seen = await cutover.preflight('service')
    return seen.checks.some(({ detail }) => detail.includes('reports')) ? seen : undefined
  })
  expect(preflight.checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
  const report = await cutover.run('service')
  await pinning.query('COMMIT')
  expect(report).toMatchObject({ outcome: 'done', tail: 5 })
  const acknowledged = Array.from({ length: 5 }, (_, n) => `w-pinned-${n}`)
  await lab.assertNothingLost({ acknowledged, refused: [], failed: [] })
})

test('ids that the new owner hands out lie above those that the old one gave', async () => {
  const lab = await openPostgresLab(server, 5)
  const cutover = await lab.coordinator()
  expect(await cutover.run('service')).toMatchObject({ outcome: 'done' })
  await lab.insert('service', 'w-first')
  await lab.assertNothingLost({ acknowledged: ['w-first'], refused: [], failed: [] })
  const client = await connectApplication(lab.urls.service)
  const { rows } = await client.query(`SELECT id FROM users WHERE name = 'w-first'`)
  await client.end()
  expect(Number(rows[0]?.id)).toBeGreaterThan(1005)
})

test('law 5: a coordinator killed with -9 after the last action of each step is recovered by another, and nothing is lost', async () => {
  await killEachAction(await openPostgresLab(server, 20), 'each step')
}, 90_000)
