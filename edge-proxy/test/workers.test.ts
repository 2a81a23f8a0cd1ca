import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type EdgeWanted, routesOf } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { cutoverOf, executions } from './hold-fixture.ts'
import { startAnswering, startJson } from './upstream.ts'
import { type RunningWorkers, startLoad, startWorkers } from './workers-fixture.ts'

const reads = () => ({ method: 'GET' })
const writes = () => ({ method: 'PUT', body: '{}' })

async function arms(): Promise<EdgeWanted> {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  return { legacy: legacy.url, service: service.url }
}

/** New connections, so many that each worker gets some. */
function ask(edge: RunningWorkers, times = 12) {
  return Promise.all(Array.from({ length: times }, () => edge.get('/api/customers/7')))
}

test('law 2: a flip is answered when every worker has it, under load, and a bad one changes none; rolling the workers fails nobody', async () => {
  const wanted = await arms()
  const edge = await startWorkers(wanted)
  const load = startLoad(edge.address, 8, reads)
  for (let flip = 0; flip < 12; flip++) {
    const serve = flip % 2 === 0 ? 'service' : 'legacy'
    expect(await edge.flip(routesOf({ ...wanted, serve }))).toMatchObject({ status: 200 })
    expect(new Set((await ask(edge)).map(({ body }) => JSON.parse(body).arm))).toEqual(new Set([serve]))
  }
  const good = (await edge.status()).revision
  expect(await edge.flip('version: 2\n')).toMatchObject({ status: 422 })
  expect((await edge.status()).revision).toBe(good)

  const before = await edge.pids()
  edge.primary.kill('SIGHUP')
  // The file is bad: those that start now begin with what is live.
  await edge.runsWithout(...before)
  expect((await edge.status()).revision).toBe(good)
  expect(new Set((await ask(edge)).map(({ body }) => JSON.parse(body).arm))).toEqual(new Set(['legacy']))
  const answers = await load.stop()
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(answers.length).toBeGreaterThan(100)
  // What workers counted that are gone is counted still.
  const status = await eventually(async () => {
    const now = await edge.status()
    return now.routes.flatMap(({ arms: all }) => all).every(({ requests }) => requests > 0) && now
  })
  const counted = status.routes.flatMap(({ arms: all }) => all).reduce((sum, { requests }) => sum + requests, 0)
  expect(counted).toBe(answers.length + 13 * 12)
  const metrics = (await edge.admin('GET', '/metrics')).body
  const summed = [...metrics.matchAll(/^banyan_requests_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  )
  expect(summed).toBe(counted)
  expect(status.workers).toMatchObject({ wanted: 2, crashed: 0, rolled: 2 })
})

test('law 5: a hold holds in every worker and in one that is started meanwhile, and each write is executed once', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const edge = await startWorkers({ legacy: legacy.url, service: service.url })
  const cutover = cutoverOf(edge)
  const load = startLoad(edge.address, 8, writes)
  await eventually(() => load.answers.length > 40)
  expect(await cutover.hold(1)).toMatchObject({ status: 200 })
  expect(await cutover.drained(1, 5_000)).toEqual({ status: 200, body: { drained: true, inFlight: 0 } })
  await cutover.holds(8)
  expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: true } })
  const executed = legacy.seen.length
  const [victim = 0] = await edge.pids()
  process.kill(victim, 'SIGKILL')
  await edge.runsWithout(victim)
  // Those whose worker died come again, on new connections: held by whoever takes them.
  await cutover.holds(8)
  expect(await cutover.drained(1, 5_000)).toEqual({ status: 200, body: { drained: true, inFlight: 0 } })
  expect(legacy.seen.length).toBe(executed)
  expect(await cutover.owner('service', 1)).toMatchObject({ status: 200, body: { edited: true } })
  expect(await readFile(edge.file, 'utf8')).toContain('owner: service')
  expect(service.seen).toEqual([])
  expect(await cutover.release('service', 1)).toMatchObject({ released: 8, refused: 0, left: 0 })
  await eventually(() => service.seen.length > 40)

  const answers = await load.stop()
  expect(legacy.seen.length).toBe(executed)
  const failed = answers.filter(({ status }) => status !== 200)
  // At most what was in flight at the worker that was killed; it was held there, and so executed nowhere.
  expect(failed.length).toBeLessThan(8)
  const counts = executions(legacy, service)
  for (const { id } of failed) expect(counts.get(id)).toBeUndefined()
  for (const { id, status } of answers) if (status === 200) expect(counts.get(id)).toBe(1)
  // It knows the epoch that was released, too.
  expect(await cutover.hold(1)).toMatchObject({ status: 409, body: { code: 'hold-stale' } })
})

test('a worker that is killed takes only what was in flight on it, and is replaced; the others notice nothing', async () => {
  const slow = await startAnswering(async (_seen, response) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    response.end('{}')
  })
  const edge = await startWorkers({ legacy: slow.url })
  const recording = fetch(`${edge.adminAddress}/recording`, {
    method: 'POST',
    headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    body: '{"count":600}',
  })
  const lines = recording.then(async (answer) => (await answer.text()).trimEnd().split('\n'))
  await recording
  const load = startLoad(edge.address, 12, reads)
  await eventually(() => load.answers.length > 50)
  const victims: number[] = []
  for (let kill = 0; kill < 2; kill++) {
    const [victim = 0] = (await edge.pids()).filter((pid) => !victims.includes(pid))
    const before = load.answers.length
    const killedAt = performance.now()
    process.kill(victim, 'SIGKILL')
    victims.push(victim)
    await edge.runsWithout(...victims)
    await eventually(() => load.answers.length > before + 100)
    const broken = load.answers.filter(({ status }) => status !== 200).slice(kill === 0 ? 0 : -12)
    // Each client at most once, with what it had sent by then; a connection that had just been accepted is one of them.
    expect(broken.filter(({ sentAt }) => sentAt > killedAt + 1_000)).toEqual([])
    expect(load.answers.filter(({ status }) => status !== 200).length).toBeLessThanOrEqual(12 * (kill + 1))
  }
  await eventually(() => load.answers.length > 1_000)
  await load.stop()
  expect((await edge.status()).workers).toMatchObject({ crashed: 2, wanted: 2 })
  expect((await edge.tally()).since).toBe((await edge.status()).workers?.lastCrash)
  // One recording over all of them, those that were started meanwhile included.
  const recorded = await lines
  expect(recorded[0]).toMatch(/^\{"banyanRecording":1/)
  expect(recorded.filter((line) => line.startsWith('{"banyanRecording"'))).toHaveLength(1)
  expect(JSON.parse(recorded.at(-1) ?? '')).toMatchObject({ end: true, exchanges: 600 })
  expect(recorded).toHaveLength(602)
  const ended = once(edge.primary, 'exit')
  edge.primary.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  // Whole lines of several processes: `lines` parses each.
  expect(edge.lines().filter(({ msg }) => msg === 'worker died')).toHaveLength(2)
})

test('rates, breakers, what is remembered and what is always recorded are those of one edge; its workers go with the primary', async () => {
  const { legacy, service = '' } = await arms()
  const edge = await startWorkers({ legacy, routes: sharingRoutes(legacy, service) })
  // One by one: what one worker let through, the other hears of some milliseconds later.
  const statuses: number[] = []
  for (let n = 0; n < 40; n++) {
    statuses.push((await edge.get('/api/customers/7', { cookie: `SHOPSESSID=s${n % 4}` })).status)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const passed = statuses.filter((status) => status === 200).length
  expect(passed).toBeGreaterThanOrEqual(20)
  expect(passed).toBeLessThanOrEqual(24)
  expect(statuses.slice(-10)).toEqual(Array(10).fill(429))

  // Nobody listens there: four failures, in whichever workers, open the breaker in both.
  for (let n = 0; n < 4; n++) expect(await edge.get('/down')).toMatchObject({ status: 502 })
  await eventually(async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => edge.get('/down')))
    return all.every(({ status }) => status === 503)
  })
  const down = (await edge.status()).upstreams.find(({ upstream }) => upstream === 'down')
  expect(down?.policies?.breaker).toMatchObject({ state: 'open', opened: 1 })

  for (let n = 0; n < 6; n++) {
    const id = String((await edge.get(`/why/${n}`)).headers['x-request-id'])
    const why = JSON.parse((await edge.admin('POST', '/why', { id })).body)
    expect(why).toMatchObject({
      requests: [{ id, route: 'everything-else' }],
      memory: { remembered: expect.any(Number) },
    })
  }
  await eventually(async () => (await edge.status()).recording?.exchanges === passed)
  const ended = once(edge.primary, 'exit')
  edge.primary.kill('SIGTERM')
  await ended
  // One recording, whichever worker served.
  const parts = (await readdir(join(dirname(edge.file), 'rec'))).filter((name) => name.endsWith('.gz'))
  expect(parts).toHaveLength(1)
  const lines = gunzipSync(await readFile(join(dirname(edge.file), 'rec', parts[0] ?? '')))
    .toString()
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(passed + 2)
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: true, exchanges: passed, dropped: 0 })
})

function sharingRoutes(legacy: string, service: string): string {
  return routesOf({ legacy, service })
    .replace('    serve: legacy\n', '    serve: legacy\n    rate: { requests: 20, per: 5m }\n')
    .replace(
      'upstreams:\n',
      'recording: { share: 100%, folder: rec, routes: [users.read] }\nupstreams:\n  down: { url: http://127.0.0.1:1, retry: off, breaker: { volume: 4 } }\n',
    )
    .replace(
      '  - name: everything-else\n',
      '  - name: down\n    match: { path: /down }\n    upstream: down\n  - name: everything-else\n',
    )
}

test('when the primary is killed its workers go, and the port is free for the next edge', async () => {
  const edge = await startWorkers(await arms())
  const pids = await edge.pids()
  edge.primary.kill('SIGKILL')
  await eventually(() => pids.every((pid) => !lives(pid)))
  await expect(edge.get('/')).rejects.toThrow('ECONNREFUSED')
})

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
