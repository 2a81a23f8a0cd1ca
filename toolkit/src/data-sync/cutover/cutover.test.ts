import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { type Clock, systemClock } from '../../base/index.ts'
import { eventually } from '../fixtures/shop.ts'
import { shop } from '../fixtures/shop-model.ts'
import { openSyncDatabase } from '../open.ts'
import { openSqliteLab } from './fixtures/cutover-lab.ts'

test('law 5: there and back and there again under writes loses none, doubles none, fails none', async () => {
  const lab = await openSqliteLab()
  const cutover = await lab.coordinator()
  const stop = lab.write()
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
    expect(report.steps.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(lab.edge.owner()).toBe(to)
    await delay(100)
    await lab.sync.verify()
  }
  const written = await stop()
  expect(held).toBeGreaterThan(0)
  expect(written.refused).toEqual([])
  expect(written.acknowledged.length).toBeGreaterThan(50)
  await lab.assertNothingLost(written)
  expect(await cutover.owners()).toMatchObject({
    legacy: { owner: 'service', epoch: 3 },
    service: { owner: 'service', epoch: 3 },
  })
  expect(await cutover.pending()).toBeUndefined()
})

test('law 3: after the cutover the old owner is refused by its fence, before it the new one is', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  await expect(lab.insert('service', 'early')).rejects.toThrow(/legacy/)
  expect(await cutover.run('service')).toMatchObject({ outcome: 'done' })
  await expect(lab.insert('legacy', 'late')).rejects.toThrow(/service/)
  await lab.insert('service', 'now')
})

test('a dry run shows each step with what it saw, and changes nothing', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  const before = await cutover.owners()
  const steps = await cutover.steps('service')
  expect(steps.map(({ number, ok }) => [number, ok])).toEqual(Array.from({ length: 12 }, (_, number) => [number, true]))
  expect(steps.map(({ saw }) => saw).join('\n')).toContain('root will begin above 1005')
  expect(await cutover.owners()).toEqual(before)
  expect(lab.edge.holds()).toBe(false)
})

test('a preflight without a verification is unknown, and a cutover is refused by it', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  const preflight = await cutover.preflight('service', { verifiedWithinMs: -1 })
  expect(preflight).toMatchObject({ ok: false })
  expect(preflight.checks.find(({ name }) => name === 'verification')).toMatchObject({ outcome: 'fail' })
  await expect(cutover.run('service', { verifiedWithinMs: -1 })).rejects.toMatchObject({
    code: 'cutover-refused',
    exitCode: 3,
    preflight: { ok: false },
  })
  await expect(cutover.run('legacy')).rejects.toMatchObject({ code: 'cutover-owned' })
})

test('a database that stays locked past the bound undoes the cutover: nothing is lost, and writes go on', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  let commit: (() => Promise<void>) | undefined
  const report = await cutover.run('service', {
    maxHoldMs: 400,
    onAction: async ({ do: what }, when) => {
      if (what === 'announce-fence' && when === 'after') {
        commit = await lab.openTransaction('legacy')
        setTimeout(() => void commit?.(), 1000)
      }
    },
  })
  expect(report).toMatchObject({ outcome: 'undone', owner: 'legacy', epoch: 2 })
  expect(report.why).toMatch(/transaction open|held for nearly/)
  expect(lab.edge.holds()).toBe(false)
  expect(await lab.edge.write('w-after')).toBe('acknowledged')
  await lab.assertNothingLost({ acknowledged: ['w-after'], refused: [], failed: [] })
  expect(await cutover.run('service')).toMatchObject({ outcome: 'done', epoch: 3 })
  expect(await lab.names('service', 'stray')).toEqual(['stray'])
})

test('a new database that is locked behind the fence does not keep the old owner from writing; it is told when it is free', async () => {
  const lab = await openSqliteLab(5)
  const [cutover, other] = [await lab.coordinator(), await lab.coordinator()]
  const blocker = new Database(lab.urls.service, { timeout: 0 })
  onTestFinished(() => void blocker.close())
  const running = cutover
    .run('service', {
      maxHoldMs: 400,
      onAction: async ({ do: what }, when) => {
        if (what === 'read-tail' && when === 'after') await eventually(() => locked(blocker))
      },
    })
    .catch((thrown: unknown) => thrown)
  await eventually(async () => (await cutover.owners()).legacy?.owner === 'moving')
  const fencedAt = performance.now()
  await eventually(async () => (await lab.edge.write('w-after').catch(() => 'refused')) === 'acknowledged')
  expect(performance.now() - fencedAt).toBeLessThan(3000)
  blocker.exec('COMMIT')
  await running
  await eventually(async () => (await other.recover()) !== undefined || (await other.pending()) === undefined)
  expect(await other.owners()).toMatchObject({
    legacy: { owner: 'legacy', epoch: 2 },
    service: { owner: 'legacy', epoch: 2 },
  })
  await lab.assertNothingLost({ acknowledged: ['w-after'], refused: [], failed: [] })
})

test.each(['hold', 'drained', 'fenced'] as const)(
  'an edge that does not answer to %s undoes the cutover',
  async (call) => {
    const lab = await openSqliteLab(5)
    const cutover = await lab.coordinator()
    lab.edge.trouble(call, 'throws')
    expect(await cutover.run('service')).toMatchObject({
      outcome: 'undone',
      owner: 'legacy',
      why: expect.stringContaining('edge-1'),
    })
    expect(lab.edge.holds()).toBe(false)
    expect(await lab.edge.write('w-after')).toBe('acknowledged')
    expect(await cutover.run('service')).toMatchObject({ outcome: 'done' })
    await lab.assertNothingLost({ acknowledged: ['w-after'], refused: [], failed: [] })
  },
)

test('an edge that hangs does not hold writes for longer than the bound', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  lab.edge.trouble('fenced', { hangsMs: 3000 })
  const began = performance.now()
  const report = await cutover.run('service', { maxHoldMs: 600 })
  expect(report).toMatchObject({ outcome: 'undone' })
  expect(performance.now() - began).toBeLessThan(2500)
})

test('an edge that does not learn the new owner leaves the cutover pending, and a recovery goes on with it', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  lab.edge.trouble('moveOwner', 'throws')
  await expect(cutover.run('service')).rejects.toMatchObject({ code: 'cutover-unfinished' })
  expect(await cutover.pending()).toMatchObject({ to: 'service', epoch: 1 })
  expect(await lab.edge.write('w-after')).toBe('acknowledged')
  expect(await cutover.cancel()).toMatchObject({ outcome: 'done', owner: 'service', epoch: 1 })
  expect(await cutover.pending()).toBeUndefined()
  await lab.assertNothingLost({ acknowledged: ['w-after'], refused: [], failed: [] })
})

test('two coordinators at once: one moves the owner, the other is refused', async () => {
  const lab = await openSqliteLab(5)
  const [one, other] = [await lab.coordinator(), await lab.coordinator()]
  const outcomes = await Promise.allSettled([one.run('service'), other.run('service')])
  const done = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.outcome === 'done')
  expect(done).toHaveLength(1)
  const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
  expect(['cutover-pending', 'cutover-owned', 'cutover-refused', 'cutover-owner-differs']).toEqual(
    expect.arrayContaining(codes),
  )
  expect(await one.owners()).toMatchObject({
    legacy: { owner: 'service', epoch: 1 },
    service: { owner: 'service', epoch: 1 },
  })
})

test('a coordinator that was paused before its commit, and recovered meanwhile, does not commit when it wakes', async () => {
  const lab = await openSqliteLab(5)
  const [sleeper, other] = [await lab.coordinator(), await lab.coordinator()]
  const stop = lab.write()
  const report = await sleeper.run('service', {
    maxHoldMs: 20_000,
    onAction: async (action, when) => {
      if (action.step !== 'commit' || when !== 'before') return
      expect(await other.cancel()).toMatchObject({ outcome: 'undone', owner: 'legacy', epoch: 2 })
    },
  })
  expect(report).toMatchObject({ outcome: 'undone', owner: 'legacy' })
  expect(await other.owners()).toMatchObject({
    legacy: { owner: 'legacy', epoch: 2 },
    service: { owner: 'legacy', epoch: 2 },
  })
  await lab.assertNothingLost(await stop())
})

test('a lease that a clock set back makes endless is recovered all the same, by looking on', async () => {
  const lab = await openSqliteLab(5)
  let aheadMs = 0
  // It falls silent for ever once it has fenced, with a lease that another clock wrote an hour ahead.
  const clock: Clock = {
    ...systemClock,
    now: () => Date.now() + aheadMs,
    sleep: (ms, signal) => (aheadMs > 0 ? new Promise(() => undefined) : systemClock.sleep(ms, signal)),
  }
  const processes = { own: undefined, hasEnded: () => false }
  const lost = await lab.coordinator({ clock, processes })
  const silent = new Promise<void>((resolve) => {
    void lost.run('service', {
      onAction: (action, when) => {
        if (when === 'before' && action.step === 'hold') aheadMs = 3_600_000
        if (when === 'before' && action.do === 'read-tail') {
          resolve()
          return new Promise(() => undefined)
        }
        return undefined
      },
    })
  })
  await silent
  const other = await lab.coordinator({ leaseMs: 400, processes })
  expect((await other.pending())?.expiresAt).toBeGreaterThan(Date.now() + 3_000_000)
  expect(await other.recover()).toBeUndefined()
  expect(await eventually(() => other.recover())).toMatchObject({ outcome: 'undone', owner: 'legacy' })
  expect(await lab.edge.write('w-after')).toBe('acknowledged')
})

test("where legacy's fence was taken away after a cutover that was undone, the next one installs it in the epoch of the other", async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  lab.edge.trouble('fenced', 'throws')
  expect(await cutover.run('service')).toMatchObject({ outcome: 'undone', epoch: 2 })
  const legacy = await openSyncDatabase(lab.urls.legacy)
  onTestFinished(() => legacy.close())
  await legacy.owners({ capability: shop.name, arm: 'legacy' }, shop.aggregate.legacy, undefined).remove()
  expect(await cutover.owners()).toMatchObject({ legacy: undefined, service: { owner: 'legacy', epoch: 2 } })
  expect((await cutover.preflight('service')).checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
  expect(await cutover.run('service')).toMatchObject({ outcome: 'done', epoch: 3 })
  expect(await cutover.owners()).toMatchObject({ legacy: { owner: 'service', epoch: 3 } })
})

test('a cutover makes both fences enforce; one that is undone, by whomever, leaves them as they were', async () => {
  const lab = await openSqliteLab(5)
  const [cutover, other] = [await lab.coordinator(), await lab.coordinator()]
  const fences = async () => (await lab.sync.status()).owners
  await lab.sync.observe('observe')
  lab.edge.trouble('fenced', 'throws')
  expect(await cutover.run('service')).toMatchObject({ outcome: 'undone' })
  expect(await fences()).toMatchObject({ legacy: { fence: 'observe' }, service: { fence: 'observe' } })
  let during: unknown
  const cancelled = await cutover.run('service', {
    onAction: async ({ step }, when) => {
      if (step !== 'tail' || when !== 'before') return
      during = await fences()
      await other.cancel()
    },
  })
  expect(cancelled).toMatchObject({ outcome: 'undone' })
  expect(during).toMatchObject({ legacy: { fence: 'enforce' }, service: { fence: 'enforce' } })
  expect(await fences()).toMatchObject({ legacy: { fence: 'observe' }, service: { fence: 'observe' } })
  expect(await cutover.run('service')).toMatchObject({ outcome: 'done' })
  expect(await fences()).toMatchObject({ legacy: { fence: 'enforce' }, service: { fence: 'enforce' } })
})

test('an interrupted run is undone before the commit', async () => {
  const lab = await openSqliteLab(5)
  const cutover = await lab.coordinator()
  const stop = new AbortController()
  const report = await cutover.run('service', {
    signal: stop.signal,
    onAction: ({ step }) => void (step === 'tail' && stop.abort()),
  })
  expect(report).toMatchObject({ outcome: 'undone', owner: 'legacy', why: 'it was interrupted' })
  expect(lab.edge.holds()).toBe(false)
})

// The worker of this process may be in the middle of a save.
function locked(database: Database.Database): boolean {
  try {
    database.exec('BEGIN IMMEDIATE')
  } catch {
    return false
  }
  return true
}
