import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyBoundsMs, latencyBucketOf } from './latency-buckets.ts'
import { buildStats } from './stats.ts'

const served = { route: 'r', arm: 'legacy', status: 200, tookMs: 3, failed: false }

function statsAt(startMs = 1_000_000) {
  let now = startMs
  const stats = buildStats({ monotonic: () => now })
  const arm = () => stats.armsOf('r')[0]
  return {
    stats,
    arm,
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('the last minute forgets what is older, and the total does not', () => {
  const { stats, arm, pass } = statsAt()
  for (let i = 0; i < 10; i++) stats.observe(served)
  pass(30_000)
  stats.observe({ ...served, status: 503 })
  expect(arm()).toMatchObject({ requests: 11, errors: 1, lastMinute: { seconds: 30, requests: 11, errors: 1 } })
  pass(40_000)
  expect(arm()).toMatchObject({ requests: 11, errors: 1, lastMinute: { seconds: 60, requests: 1, errors: 1 } })
  pass(3_600_000)
  expect(arm()).toMatchObject({ requests: 11, lastMinute: { requests: 0, errors: 0 } })
})

test('however requests and pauses follow each other, the last minute holds those of the last 60 to 65 seconds', () => {
  const step = fc.record({ pauseMs: fc.integer({ min: 0, max: 40_000 }), requests: fc.integer({ min: 0, max: 3 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { stats, arm, pass } = statsAt()
      const at: number[] = []
      let now = 0
      for (const { pauseMs, requests } of steps) {
        pass(pauseMs)
        now += pauseMs
        for (let i = 0; i < requests; i++) stats.observe(served)
        at.push(...Array.from({ length: requests }, () => now))
        const minute = arm()?.lastMinute
        const from = Math.round(now - (minute?.seconds ?? 0) * 1000)
        expect(minute?.seconds ?? 60).toBeLessThanOrEqual(65)
        if (now >= 65_000 && minute !== undefined) expect(minute.seconds).toBeGreaterThanOrEqual(60)
        expect(minute?.requests ?? 0).toBe(at.filter((each) => each >= from).length)
      }
      expect(arm()?.requests ?? 0).toBe(at.length)
    }),
  )
})

test('a latency is in the first bucket whose bound it does not pass', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100_000, noNaN: true }), (ms) => {
      const bucket = latencyBucketOf(ms)
      expect(ms).toBeLessThanOrEqual(latencyBoundsMs[bucket] ?? Number.POSITIVE_INFINITY)
      if (bucket > 0) expect(ms).toBeGreaterThan(latencyBoundsMs[bucket - 1] ?? 0)
    }),
  )
})

test('requests of routes that a reload took away are counted together, and add no series', () => {
  const { stats } = statsAt()
  stats.keep((route) => (route === 'r' ? ['legacy', 'service'] : []))
  for (let i = 0; i < 500; i++) stats.observe({ ...served, route: `old-${i}`, arm: `upstream-${i}` })
  stats.observe({ ...served, arm: 'an-upstream-of-before' })
  stats.observe(served)
  const counted = [...stats.routes()].map((route) => [route, stats.armsOf(route)] as const)
  expect(counted.map(([route, arms]) => [route, arms.map(({ arm, requests }) => [arm, requests])])).toEqual([
    ['(gone)', [['', 501]]],
    ['r', [['legacy', 1]]],
  ])
  stats.keep((route) => (route === 'other' ? ['monolith'] : []))
  expect([...stats.routes()]).toEqual(['(gone)'])
})

test('metrics are cumulative buckets that end with all, a sum in seconds, and a count by status class', async () => {
  const { stats } = statsAt()
  for (const tookMs of [0.0625, 3, 3, 45_000]) stats.observe({ ...served, tookMs })
  stats.observe({ ...served, status: 404, tookMs: 1 })
  stats.observe({ ...served, status: 499, tookMs: 1, failed: true })
  stats.gauge('banyan_test', 'Of this test', () => 7)
  const text = await textOf(stats.metrics())
  const labels = 'route="r",arm="legacy"'
  expect(text).toContain(`banyan_request_duration_seconds_bucket{le="0.0001",${labels}} 1\n`)
  expect(text).toContain(`banyan_request_duration_seconds_bucket{le="0.003",${labels}} 5\n`)
  expect(text).toContain(`banyan_request_duration_seconds_bucket{le="30",${labels}} 5\n`)
  expect(text).toContain(`banyan_request_duration_seconds_bucket{le="+Inf",${labels}} 6\n`)
  expect(text).toContain(`banyan_request_duration_seconds_sum{${labels}} 45.0080625\n`)
  expect(text).toContain(`banyan_request_duration_seconds_count{${labels}} 6\n`)
  expect(text).toContain(`banyan_requests_total{${labels},status="4xx"} 2\n`)
  expect(text).toContain(`banyan_request_errors_total{${labels}} 1\n`)
  expect(text).toContain('banyan_test 7\n')
  for (const line of text.split('\n')) {
    expect(line).toMatch(/^(|# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? [0-9.e+-]+)$/)
  }
})

test('metrics of ten thousand routes come in parts, between which others get their turn', async () => {
  const { stats } = statsAt()
  for (let i = 0; i < 10_000; i++) stats.observe({ ...served, route: `route-${i}` })
  let turns = 0
  let over = false
  const others = (): void => {
    turns += 1
    if (!over) setImmediate(others)
  }
  others()
  const parts: string[] = []
  for await (const part of stats.metrics()) parts.push(part)
  over = true
  expect(turns).toBeGreaterThan(100)
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(1_000_000)
  expect(parts.join('').match(/_count\{/g)).toHaveLength(10_000)
})

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part
  return text
}
