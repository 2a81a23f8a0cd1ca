import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildSync, cutoverSteps, openSyncDatabase, type Sync } from '@banyan/toolkit/data-sync'
import { expect, onTestFinished, test } from 'vitest'
import { capability } from '../extracted-services/users/src/capability.ts'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { banyan } from '../scripts/banyan.ts'
import { freePorts } from '../scripts/ports.ts'
import { type Stack, startStack } from '../scripts/stack.ts'
import { checkWrites } from './cutover/check-writes.ts'
import { buildCoordinators, type Coordinator } from './cutover/coordinate.ts'
import { type KnownWrite, startKnownWriter } from './cutover/known-writer.ts'
import { storedInLegacy, storedInService } from './cutover/stored-customers.ts'

const cutovers = 20
/** The preflight changes nothing, and so nothing is left when it is killed. */
const stepsToHit = cutoverSteps.filter((step) => step !== 'preflight')
const longestWithoutOwnerMs = 10_000

test('law 5: twenty cutovers there and back, with coordinator, worker and edge killed at every step, lose no write and double none', {
  timeout: 300_000,
}, async () => {
  const stack = await startStack({
    ports: await freePorts(),
    state: mkdtempSync(path.join(tmpdir(), 'banyan-cutover-')),
  })
  onTestFinished(() => stack.stop())
  await run(stack, ['sync', 'backfill', 'users'])
  const sync = await openSync(stack)
  const keys = demoApiKeys().slice(0, 12)
  const writer = startKnownWriter({ url: stack.urls.edge, keys: keys.map(({ key }) => key), ratePerSecond: 80 })

  const coordinators = buildCoordinators(stack.env)
  onTestFinished(() => coordinators.close())

  const hit: string[] = []
  for (let round = 0; round < cutovers; round++)
    hit.push(await cutOver({ stack, sync, coordinator: coordinators.next() }, round))
  const { writes, wrong, ownReads } = await writer.stop()

  await settled(sync)
  expect(
    stepsToHit.filter((step) => !hit.includes(`coordinator ${step}`)),
    'steps at which no coordinator was killed',
  ).toEqual([])
  expect(hit.filter((victim) => victim.startsWith('users-sync')).length).toBeGreaterThanOrEqual(3)
  expect(hit.filter((victim) => victim.startsWith('edge')).length).toBeGreaterThanOrEqual(3)
  expect(wrong).toEqual([])
  expect(ownReads).toBeGreaterThan(200)
  await expectAllThere(stack, writes)
  expect(longestSilenceMs(writes)).toBeLessThan(longestWithoutOwnerMs)
  expect(await sync.verify()).toMatchObject({ equal: true, complete: true, samples: [] })
})

interface Actors {
  readonly stack: Stack
  readonly sync: Sync
  readonly coordinator: Coordinator
}

/** One cutover to the arm that does not own, with somebody killed in the midst of a step; returns who and when. */
async function cutOver({ stack, sync, coordinator }: Actors, round: number): Promise<string> {
  await settled(sync)
  expect(await sync.verify(), `before cutover ${round}`).toMatchObject({ equal: true })
  const to = (await ownerOf(sync)) === 'legacy' ? 'service' : 'legacy'
  const victim = round < stepsToHit.length ? 'coordinator' : round % 2 === 0 ? 'edge' : 'users-sync'
  const at = stepsToHit[round % stepsToHit.length]
  let restarted: Promise<void> | undefined
  const { steps, said } = await coordinator.run(to, async (step) => {
    if (step !== at) return
    if (victim === 'coordinator') return coordinator.kill()
    await stack.killProcess(victim)
    restarted = stack.startProcess(victim)
  })
  await restarted
  expect(steps, `cutover ${round} to ${to}: ${said}`).toContain(at)
  return `${victim} ${at}`
}

/** Waits until no cutover is under way, the worker follows, and both databases name the same owner. */
async function settled(sync: Sync): Promise<void> {
  const deadline = Date.now() + longestWithoutOwnerMs + 5000
  for (;;) {
    const status = await sync.status()
    const [legacy, service] = [status.owners.legacy, status.owners.service]
    const agreed =
      legacy === undefined ||
      (legacy.owner === service?.owner && legacy.epoch === service.epoch && legacy.owner !== 'moving')
    if (status.cutover === undefined && agreed && status.lag !== undefined) return
    if (Date.now() > deadline) throw new Error(`not settled: ${JSON.stringify(status)}`)
    await delay(50)
  }
}

async function ownerOf(sync: Sync): Promise<string> {
  return (await sync.status()).owners.service?.owner ?? 'legacy'
}

async function expectAllThere(stack: Stack, writes: readonly KnownWrite[]): Promise<void> {
  const { MONOLITH_DATABASE_URL = '', USERS_DATABASE_URL = '' } = stack.env
  const count = (fate: KnownWrite['fate']) => writes.filter((write) => write.fate === fate).length
  expect(count('acknowledged')).toBeGreaterThan(500)
  expect(checkWrites(writes, storedInLegacy(MONOLITH_DATABASE_URL))).toEqual([])
  expect(checkWrites(writes, storedInService(USERS_DATABASE_URL))).toEqual([])
}

function longestSilenceMs(writes: readonly KnownWrite[]): number {
  const ends = writes
    .filter(({ fate }) => fate === 'acknowledged')
    .map(({ startedAt, tookMs }) => startedAt + tookMs)
    .sort((a, b) => a - b)
  return Math.max(...ends.slice(1).map((end, place) => end - (ends[place] ?? end)))
}

async function openSync({ env }: Stack): Promise<Sync> {
  const legacy = await openSyncDatabase(env.MONOLITH_DATABASE_URL ?? '')
  const service = await openSyncDatabase(env.USERS_DATABASE_URL ?? '')
  const sync = buildSync({ manifest: capability, legacy, service, holder: 'cutover-test:observer' })
  onTestFinished(() => sync.close())
  return sync
}

async function run(stack: Stack, args: readonly string[]): Promise<void> {
  const said: string[] = []
  const note = (line: string) => void said.push(line)
  const code = await banyan({
    args: [...args],
    env: { ...stack.env, BANYAN_ROUTES: stack.routes },
    onLine: note,
    onMessage: note,
  })
  expect(code, said.join('\n')).toBe(0)
}
