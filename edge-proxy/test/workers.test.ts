import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { revisionOf } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'
import { routesOf } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { cutoverOf, executions } from './hold-fixture.ts'
import { startJson } from './upstream.ts'
import { type RunningWorkers, startLoad, startWorkers } from './workers-fixture.ts'

// A process takes seconds to start on a busy machine, so few edges serve for many sentences.
const bound = { timeout: 120_000 }

test(
  'law 2: a flip is answered when every worker has it; rolling the workers fails nobody; rates, breakers, memory and recordings are those of one edge',
  bound,
  async () => {
    const legacy = await startJson({ arm: 'legacy' })
    const service = await startJson({ arm: 'service' })
    const wanted = { legacy: legacy.url, service: service.url }
    const edge = await startWorkers(wanted)
    const load = startLoad(edge.address, 8, () => ({ method: 'GET' }))
    for (let flip = 0; flip < 8; flip++) {
      const serve = flip % 2 === 0 ? 'service' : 'legacy'
      expect(await edge.flip(routesOf({ ...wanted, serve }))).toMatchObject({ status: 200 })
      expect(await armsOf(edge)).toEqual(new Set([serve]))
    }
    const good = (await edge.status()).revision
    expect(await edge.flip('version: 2\n')).toMatchObject({ status: 422 })
    expect((await edge.status()).revision).toBe(good)

    const before = await edge.pids()
    await startedSmall(before)
    edge.primary.kill('SIGHUP')
    // The file is bad: those that start now begin with what is live.
    await edge.runsWithout(...before)
    expect((await edge.status()).revision).toBe(good)
    // Said again to who asked by the signal, and by the status, though these workers have not read the file.
    expect(edge.lines().some(({ msg }) => String(msg).startsWith('route table still refused'))).toBe(true)
    expect((await edge.status()).refused.join()).toContain('version')
    expect(await armsOf(edge)).toEqual(new Set(['legacy']))
    await rm(edge.file)
    await eventually(async () => (await edge.status()).refused.join().includes('there is no file'))
    const answers = await load.stop()
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(answers.length).toBeGreaterThan(100)
    await countsAll(edge, answers.length + 9 * perAsk)

    expect(await edge.flip(sharingRoutes(wanted))).toMatchObject({ status: 200 })
    await opensBreakersTogether(edge)
    await remembers(edge)
    const passed = await countsRatesTogether(edge)
    await eventually(async () => (await edge.status()).recording?.exchanges === passed)
    const ended = once(edge.primary, 'exit')
    edge.primary.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await recordedOnce(join(dirname(edge.file), 'rec'), passed)
    // Whole lines, though several processes wrote them: `lines` parses each.
    expect(edge.lines().filter(({ msg }) => msg === 'worker serves')).toHaveLength(4)
  },
)

test('a route table that changes while the workers start is not overlooked', bound, async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const wanted = { legacy: legacy.url, service: service.url }
  const edge = await startWorkers(wanted, routesOf({ ...wanted, serve: 'service' }))
  const changed = revisionOf(routesOf({ ...wanted, serve: 'service' }))
  await eventually(async () => (await edge.status()).revision === changed)
  expect(await armsOf(edge)).toEqual(new Set(['service']))
})

test(
  'law 5: a hold holds in every worker and in those that are started meanwhile, though workers are killed; who was elsewhere notices nothing',
  bound,
  async () => {
    const legacy = await startJson({ arm: 'legacy' })
    const service = await startJson({ arm: 'service' })
    const edge = await startWorkers({ legacy: legacy.url, service: service.url })
    const recording = await record(edge, 300)
    const cutover = cutoverOf(edge)
    const load = startLoad(edge.address, clients, () => ({ method: 'PUT', body: '{}' }))
    await eventually(() => load.answers.length > 40)
    expect(await cutover.hold(1)).toMatchObject({ status: 200 })
    expect(await cutover.drained(1, 5_000)).toEqual({ status: 200, body: { drained: true, inFlight: 0 } })
    await cutover.holds(clients)
    expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: true } })
    const executed = legacy.seen.length
    const first = await killOne(edge)
    // Those whose worker died come again, on new connections: held by whoever takes them.
    await cutover.holds(clients)
    expect(await cutover.drained(1, 5_000)).toEqual({ status: 200, body: { drained: true, inFlight: 0 } })
    expect(legacy.seen.length).toBe(executed)
    expect(await cutover.owner('service', 1)).toMatchObject({ status: 200, body: { edited: true } })
    expect(await readFile(edge.file, 'utf8')).toContain('owner: service')
    expect(service.seen).toEqual([])
    expect(await cutover.release('service', 1)).toMatchObject({ released: clients, refused: 0, left: 0 })
    await eventually(() => service.seen.length > 100)
    const second = await killOne(edge, first.pid)
    const later = service.seen.length
    await eventually(() => service.seen.length > later + 200)

    const answers = await load.stop()
    expect(legacy.seen.length).toBe(executed)
    const failed = answers.filter(({ status }) => status !== 200)
    // Each client at most once for each kill, with what it had sent by then.
    expect(failed.length).toBeLessThanOrEqual(2 * clients)
    expect(failed.filter(({ sentAt }) => sentAt > second.at)).toEqual([])
    const counts = executions(legacy, service)
    for (const { id, sentAt } of failed) {
      // What was held by the first that died was executed nowhere; the second one had sent what it had.
      expect(counts.get(id) ?? 0).toBeLessThanOrEqual(sentAt < first.killedAt ? 0 : 1)
    }
    for (const { id, status } of answers) if (status === 200) expect(counts.get(id)).toBe(1)
    // The last one that was started knows the epoch that was released, too.
    expect(await cutover.hold(1)).toMatchObject({ status: 409, body: { code: 'hold-stale' } })

    const { workers } = await edge.status()
    expect(workers).toMatchObject({ crashed: 2, wanted: 2 })
    // What a worker had counted last died with it: counts begin anew for who compares two of them.
    expect((await edge.tally()).since).toBe(workers?.lastCrash)
    // One recording over all of them, those that were started meanwhile included.
    const lines = await recording.lines
    expect(lines.filter((line) => line.startsWith('{"banyanRecording":1'))).toEqual([lines[0]])
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: true, exchanges: 300 })
    expect(lines).toHaveLength(302)

    const pids = await edge.pids()
    edge.primary.kill('SIGKILL')
    await eventually(() => pids.every((pid) => !lives(pid)))
    await expect(edge.get('/')).rejects.toThrow('ECONNREFUSED')
  },
)

test(
  'a worker whose event loop stands still is killed and replaced, and counted; who waits on it learns it, and others notice nothing',
  bound,
  async () => {
    const legacy = await startJson({ arm: 'legacy' })
    const edge = await startWorkers({ legacy: legacy.url })
    const load = startLoad(edge.address, clients, () => ({ method: 'GET' }))
    await eventually(() => load.answers.length > 100)
    const pids = await edge.pids()
    const [stuck = 0] = pids
    // Stopped, it keeps its connections and its place behind the port, as one does that runs in circles.
    process.kill(stuck, 'SIGSTOP')
    const isSaid = () => edge.lines().some(({ pid, msg }) => pid === stuck && String(msg).includes('sign of life'))
    await eventually(isSaid, 30_000)
    await edge.runsWithout(stuck)
    expect((await edge.pids()).filter((pid) => pids.includes(pid))).toEqual(pids.filter((pid) => pid !== stuck))
    const failed = (await load.stop()).filter(({ status }) => status !== 200)
    expect(failed.length).toBeLessThanOrEqual(clients)
    expect((await edge.status()).workers).toMatchObject({ crashed: 1, stuck: 1, wanted: 2 })
    expect((await edge.admin('GET', '/metrics')).body).toContain('banyan_workers_stuck_total 1')
  },
)

const clients = 8
const perAsk = 12

/** With a small young generation, which is most of what a worker takes under load, and no threads for the collector. */
async function startedSmall(pids: readonly number[]): Promise<void> {
  if (process.platform !== 'linux') return
  for (const pid of pids) {
    const flags = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
    expect(flags).toEqual(expect.arrayContaining(['--max-semi-space-size=8', '--single-threaded-gc']))
  }
}

/** Which arms answer on new connections, so many that each worker gets some. */
async function armsOf(edge: RunningWorkers): Promise<Set<string>> {
  const got = await Promise.all(Array.from({ length: perAsk }, () => edge.get('/api/customers/7')))
  return new Set(got.map(({ body }) => JSON.parse(body).arm))
}

/** What workers counted that are gone is counted still, in the status and in the metrics. */
async function countsAll(edge: RunningWorkers, requests: number): Promise<void> {
  const counted = async () =>
    (await edge.status()).routes.flatMap(({ arms }) => arms).reduce((sum, arm) => sum + arm.requests, 0)
  await eventually(async () => (await counted()) >= requests)
  expect(await counted()).toBe(requests)
  const metrics = (await edge.admin('GET', '/metrics')).body
  const series = [...metrics.matchAll(/^banyan_requests_total\{.*\} (\d+)$/gm)]
  expect(series.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(requests)
  expect((await edge.status()).workers).toMatchObject({ wanted: 2, crashed: 0, rolled: 2 })
}

function sharingRoutes(wanted: { legacy: string; service: string }): string {
  return routesOf(wanted)
    .replace('    serve: legacy\n', '    serve: legacy\n    rate: { requests: 20, per: 5m }\n')
    .replace(
      'upstreams:\n',
      `recording: { share: 100%, folder: rec, routes: [users.read] }
upstreams:
  down: { url: http://127.0.0.1:1, retry: off, breaker: { volume: 4 } }
`,
    )
    .replace(
      '  - name: everything-else\n',
      '  - name: down\n    match: { path: /down }\n    upstream: down\n  - name: everything-else\n',
    )
}

/** Nobody listens there: four failures, in whichever workers, open the breaker in both. */
async function opensBreakersTogether(edge: RunningWorkers): Promise<void> {
  for (let n = 0; n < 4; n++) expect(await edge.get('/down')).toMatchObject({ status: 502 })
  await eventually(async () => {
    const all = await Promise.all(Array.from({ length: perAsk }, () => edge.get('/down')))
    return all.every(({ status }) => status === 503)
  })
  const down = (await edge.status()).upstreams.find(({ upstream }) => upstream === 'down')
  expect(down?.policies?.breaker).toMatchObject({ state: 'open', opened: 1 })
}

async function remembers(edge: RunningWorkers): Promise<void> {
  for (let n = 0; n < 4; n++) {
    const id = String((await edge.get(`/why/${n}`)).headers['x-request-id'])
    const why = async () => JSON.parse((await edge.admin('POST', '/why', { id })).body).requests
    // A request is remembered once its answer is over.
    await eventually(async () => (await why()).length === 1)
    expect(await why()).toMatchObject([{ id, route: 'everything-else' }])
  }
}

/** One after the other: what one worker let through, the other hears of some milliseconds later. */
async function countsRatesTogether(edge: RunningWorkers): Promise<number> {
  const statuses: number[] = []
  for (let n = 0; n < 34; n++) {
    statuses.push((await edge.get('/api/customers/7')).status)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const passed = statuses.filter((status) => status === 200).length
  expect(passed).toBeGreaterThanOrEqual(20)
  expect(passed).toBeLessThan(30)
  expect(statuses.slice(-4)).toEqual([429, 429, 429, 429])
  return passed
}

/** One file, whichever worker served. */
async function recordedOnce(folder: string, exchanges: number): Promise<void> {
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.gz'))
  expect(parts).toHaveLength(1)
  const text = gunzipSync(await readFile(join(folder, parts[0] ?? ''))).toString()
  const lines = text.trimEnd().split('\n')
  expect(lines).toHaveLength(exchanges + 2)
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: true, exchanges, dropped: 0 })
}

async function record(edge: RunningWorkers, count: number): Promise<{ readonly lines: Promise<string[]> }> {
  const answer = await fetch(`${edge.adminAddress}/recording`, {
    method: 'POST',
    headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ count }),
  })
  return { lines: answer.text().then((text) => text.trimEnd().split('\n')) }
}

/** Kills a worker under load, and waits until it is replaced; `at` is when nobody can have been on it any more. */
async function killOne(edge: RunningWorkers, ...before: number[]) {
  const [pid = 0] = await edge.pids()
  const killedAt = performance.now()
  process.kill(pid, 'SIGKILL')
  await eventually(() => !lives(pid))
  const at = performance.now() + 500
  await edge.runsWithout(pid, ...before)
  return { pid, killedAt, at }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
