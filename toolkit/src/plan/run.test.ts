import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Clock, systemClock } from '../base/index.ts'
import type { RouteTally } from '../compare/index.ts'
import { openJournal } from './journal.ts'
import { parsePlan } from './parse.ts'
import type { Plan } from './plan.ts'
import { progressOf } from './progress.ts'
import type { ArmCounters, CutoverReading, DriftReading, RouteCounters } from './readings.ts'
import { type PlanEvent, type PlanRun, runPlan } from './run.ts'

const none = {
  'both-refused': 0,
  'both-failed': 0,
  refused: 0,
  truncated: 0,
  'legacy-failed': 0,
  'service-failed': 0,
  'comparer-failed': 0,
  'not-asked': 0,
}

/** A migration with a world of its own: routes that flip, counters that the test moves with each reading. */
async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-plan-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const journal = openJournal(join(folder, 'journal.ndjson'), systemClock)
  const done: string[] = []
  const events: PlanEvent[] = []
  const knobs = new Map([['users.read', { serve: 'legacy', shadow: '0%' }]])
  const counts = { since: 'noon', compared: 0, mismatched: 0, requests: 0, errors: 0, lag: { changes: 0, ms: 1 } }
  const traffic = { compared: 100, mismatched: 0, requests: 100, errors: 0 }
  const data: DriftReading & { undone: string | undefined } = {
    equal: true,
    aggregates: 5,
    drift: 0,
    samples: [],
    undone: undefined,
  }
  const stopping = new AbortController()
  let fail: string | undefined
  const act = (what: string) => {
    done.push(what)
    if (fail === what) throw new Error(`${what} failed`)
    return {}
  }
  const turn = (route: string, change: { serve?: string; shadow?: string }) => {
    knobs.set(route, { ...(knobs.get(route) ?? { serve: '', shadow: '' }), ...change })
    return act(`${route} ${change.serve ?? change.shadow}`)
  }
  const run: PlanRun = {
    actions: {
      record: async () => act('record'),
      backfill: async () => act('backfill'),
      follow: async () => act('follow'),
      shadow: async ({ route, sharePercent }) => turn(route, { shadow: `${sharePercent}%` }),
      flip: async ({ route, serve }) => turn(route, { serve }),
      replay: async () => [tallyOf({ ...counts, compared: 300 })],
      verify: async ({ onProgress }) => {
        onProgress('compared 5')
        act('verify')
        return data
      },
      cutover: async ({ to }): Promise<CutoverReading> => {
        act(`cutover to ${to}`)
        return data.undone === undefined
          ? { outcome: 'done', evidence: { epoch: 1, holdMs: 40 } }
          : { outcome: 'undone', evidence: { epoch: 2 }, why: data.undone }
      },
      knobs: async (route) => knobs.get(route) ?? { serve: 'legacy', shadow: '0%' },
    },
    readings: {
      counters: async () => {
        counts.compared += traffic.compared
        counts.mismatched += traffic.mismatched
        counts.requests += traffic.requests
        counts.errors += traffic.errors
        return countersOf(counts)
      },
      lag: async () => counts.lag,
    },
    journal,
    clock: hurried,
    signal: stopping.signal,
    who: 'ann@desk',
    onEvent: (event) => events.push(event),
    pollMs: 1,
  }
  return {
    run,
    journal,
    done,
    events,
    knobs,
    counts,
    data,
    traffic,
    stopping,
    failAt: (what: string | undefined) => {
      fail = what
    },
  }
}

/** A clock whose sleeps are short and whose time passes quickly, so that a gate's minute is over at once. */
let passed = 0
const hurried: Clock = {
  now: () => systemClock.now(),
  monotonic: () => passed,
  sleep: async (_ms, signal) => {
    signal?.throwIfAborted()
    passed += 1000
    await new Promise((resolve) => setImmediate(resolve))
  },
}

function tallyOf(counts: { compared: number; mismatched: number }): RouteTally {
  const { compared, mismatched } = counts
  const others = { noise: 0, transient: 0, answered2xx: compared, shed: 0, groups: [], groupsLeftOut: 0 }
  return { route: 'users.read', compared, mismatched, matched: compared - mismatched, notComparable: none, ...others }
}

function countersOf(counts: {
  since: string
  compared: number
  mismatched: number
  requests: number
  errors: number
}): RouteCounters {
  const arm = (name: string, errors: number): ArmCounters => {
    const latency = { boundsMs: [10], counts: [counts.requests, 0] }
    return { arm: name, requests: counts.requests, errors, latency }
  }
  return { since: counts.since, tally: tallyOf(counts), arms: [arm('legacy', 0), arm('service', counts.errors)] }
}

function plan(steps: string): Plan {
  const parsed = parsePlan(`capability: users\nsteps:\n${steps}`, 'users.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.plan
}

const whole = plan(`
  - backfill
  - follow
  - shadow: { route: users.read, share: 100% }
    gate: { mismatches: { atMost: 1%, samples: 300 }, lag: { below: 1s } }
  - flip: { route: users.read, serve: 10% }
    gate: { errors: { atMost: 1%, samples: 300 } }
  - flip: { route: users.read, serve: service }
`)

test('a plan whose gates open runs to its end, and the journal holds every step with its evidence', async () => {
  const { run, done, journal, knobs } = await world()
  expect(await runPlan(whole, run)).toEqual({ kind: 'done' })
  expect(done).toEqual(['backfill', 'follow', 'users.read 100%', 'users.read 10%', 'users.read service'])
  expect(knobs.get('users.read')).toEqual({ serve: 'service', shadow: '100%' })
  const { entries } = await journal.read()
  expect(entries.filter(({ kind }) => kind === 'plan-step-done')).toHaveLength(5)
  expect(entries.find(({ evidence }) => evidence.step === 3 && 'gate' in evidence)?.evidence.gate).toMatchObject({
    outcome: 'pass',
    conditions: [{ condition: 'mismatches', denominator: 300 }, { condition: 'lag' }],
  })
  expect(progressOf(whole, entries)).toMatchObject({ lastDone: 5, halted: undefined })
})

test('a gate that fails after a shadow halts, flips nothing, and counts to the end what mismatches', async () => {
  const { run, done, traffic, journal } = await world()
  traffic.mismatched = 33
  const outcome = await runPlan(whole, run)
  expect(outcome).toMatchObject({ kind: 'halted', step: { number: 3 }, flippedBack: undefined })
  expect(outcome.kind === 'halted' && outcome.reading.conditions[0]).toMatchObject({
    outcome: 'fail',
    denominator: 300,
  })
  expect(done).toEqual(['backfill', 'follow', 'users.read 100%'])
  expect(progressOf(whole, (await journal.read()).entries)).toMatchObject({
    lastDone: 2,
    halted: { step: 3, outcome: 'fail' },
  })
})

test('a gate that fails after a flip flips back what the step flipped, at once', async () => {
  const { run, done, traffic, knobs } = await world()
  traffic.errors = 4
  const outcome = await runPlan(whole, run)
  expect(outcome).toMatchObject({
    kind: 'halted',
    step: { number: 4 },
    flippedBack: { route: 'users.read', serve: 'legacy' },
  })
  expect(done.slice(-2)).toEqual(['users.read 10%', 'users.read legacy'])
  expect(knobs.get('users.read')).toEqual({ serve: 'legacy', shadow: '100%' })
})

test('law 7: a gate that stays unknown past its time halts as unknown, and never goes on', async () => {
  const { run, done, traffic } = await world()
  traffic.compared = 0
  expect(await runPlan(whole, run)).toMatchObject({
    kind: 'halted',
    step: { number: 3 },
    reading: { outcome: 'unknown' },
  })
  expect(done).not.toContain('users.read 10%')
})

test('an edge that restarts within a gate lets counting begin anew instead of passing', async () => {
  const { run, counts, events } = await world()
  let readings = 0
  const counters = run.readings.counters
  const restarting = {
    ...run.readings,
    counters: async (route: string) => {
      if (++readings === 3) Object.assign(counts, { since: 'later', compared: 5000 })
      return await counters(route)
    },
  }
  expect(await runPlan(whole, { ...run, readings: restarting })).toEqual({ kind: 'done' })
  const texts = events.flatMap((event) =>
    event.kind === 'gate' ? event.reading.conditions.map(({ text }) => text) : [],
  )
  expect(texts.some((text) => text.includes('an edge restarted'))).toBe(true)
})

test('a run goes on after the last completed step, and makes sure again that something follows', async () => {
  const { run, done, traffic } = await world()
  traffic.mismatched = 50
  await runPlan(whole, run)
  traffic.mismatched = 0
  done.length = 0
  expect(await runPlan(whole, run)).toEqual({ kind: 'done' })
  expect(done).toEqual(['follow', 'users.read 100%', 'users.read 10%', 'users.read service'])
  done.length = 0
  expect(await runPlan(whole, run)).toEqual({ kind: 'done' })
  expect(done).toEqual(['follow'])
})

test('a run that was cut off after its flip still knows what to flip back to', async () => {
  const { run, knobs, traffic, stopping } = await world()
  const onEvent = (event: PlanEvent) => {
    if (event.kind === 'gate' && event.step.number === 4) stopping.abort()
  }
  const cut = { ...run, onEvent }
  await expect(runPlan(whole, cut)).rejects.toThrow()
  expect(knobs.get('users.read')?.serve).toBe('10%')
  traffic.errors = 50
  const outcome = await runPlan(whole, { ...run, signal: new AbortController().signal })
  expect(outcome).toMatchObject({ kind: 'halted', flippedBack: { serve: 'legacy' } })
  expect(knobs.get('users.read')?.serve).toBe('legacy')
})

test('an action that throws ends the run, and its step counts as not done', async () => {
  const { run, failAt, done, journal } = await world()
  failAt('follow')
  await expect(runPlan(whole, run)).rejects.toThrow('follow failed')
  expect(progressOf(whole, (await journal.read()).entries)).toMatchObject({ lastDone: 1, begun: { step: 2 } })
  failAt(undefined)
  done.length = 0
  await runPlan(whole, run)
  expect(done[0]).toBe('follow')
})

test('progress belongs to one content of a plan: another content begins with its first step', async () => {
  const { run, journal, done } = await world()
  await runPlan(whole, run)
  const other = plan('  - backfill\n  - flip: { route: users.read, serve: service }\n')
  expect(progressOf(other, (await journal.read()).entries)).toMatchObject({ lastDone: 0, otherRevision: true })
  done.length = 0
  await runPlan(other, run)
  expect(done).toEqual(['backfill', 'users.read service'])
})

test('a replay is judged like a gate: too few that compare halt the plan', async () => {
  const { run } = await world()
  const replaying = (samples: number) =>
    plan(`  - record: { exchanges: 5 }\n  - replay: { mismatches: { atMost: 1%, samples: ${samples} } }\n`)
  expect(await runPlan(replaying(300), run)).toEqual({ kind: 'done' })
  expect(await runPlan(replaying(301), run)).toMatchObject({ kind: 'halted', reading: { outcome: 'unknown' } })
})

const moving = plan(`
  - follow
  - verify
  - cutover: { to: service }
    gate: { lag: { below: 1s } }
`)

test('a cutover is done behind a verification, tells where it stands, and is journaled with its evidence', async () => {
  const { run, done, events, journal } = await world()
  expect(await runPlan(moving, run)).toEqual({ kind: 'done' })
  expect(done).toEqual(['follow', 'verify', 'cutover to service'])
  expect(events.find(({ kind }) => kind === 'progress')).toMatchObject({ text: 'compared 5', step: { number: 2 } })
  const { entries } = await journal.read()
  expect(entries.at(-1)).toMatchObject({
    kind: 'plan-step-done',
    evidence: { step: 3, result: { epoch: 1, holdMs: 40 }, gate: { conditions: [{ condition: 'lag' }] } },
  })
})

test('drift halts the plan before the cutover, and the first that differs is named', async () => {
  const { run, done, data } = await world()
  Object.assign(data, { equal: false, drift: 1, samples: ['users 7 email: "a" where "b" is expected'] })
  expect(await runPlan(moving, run)).toMatchObject({
    kind: 'halted',
    step: { number: 2 },
    reading: { outcome: 'fail', conditions: [{ text: expect.stringContaining('users 7 email') }] },
  })
  expect(done).not.toContain('cutover to service')
})

test('law 7: a verification that compared nothing is unknown, and the plan halts', async () => {
  const { run, data } = await world()
  Object.assign(data, { equal: undefined, aggregates: 0 })
  expect(await runPlan(moving, run)).toMatchObject({ kind: 'halted', reading: { outcome: 'unknown' } })
})

test('a cutover that was undone halts the plan with its reason, and its gate is not asked', async () => {
  const { run, data, events, journal } = await world()
  data.undone = 'a writer kept its transaction open'
  expect(await runPlan(moving, run)).toMatchObject({
    kind: 'halted',
    step: { number: 3 },
    reading: { conditions: [{ condition: 'cutover', text: expect.stringContaining('kept its transaction open') }] },
    flippedBack: undefined,
  })
  expect(events.some((event) => event.kind === 'gate' && event.reading.conditions[0]?.condition === 'lag')).toBe(false)
  expect(progressOf(moving, (await journal.read()).entries)).toMatchObject({ lastDone: 2, halted: { step: 3 } })
})
