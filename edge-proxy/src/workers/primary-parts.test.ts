import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crewMetrics } from './crew-metrics.ts'
import { buildInTurn } from './in-turn.ts'
import { buildLogLines } from './log-lines.ts'
import { mergeMetrics, parseMetrics } from './merge/merge-metrics.ts'
import { buildRestartBudget } from './restart-budget.ts'
import { buildTold } from './told.ts'

const bounds = { maxHoldMs: 2_000, maxRequests: 10, maxBytes: 1_000 }

function toldAt(ms = 0) {
  const time = { ms }
  return { time, told: buildTold({ monotonic: () => time.ms }) }
}

test('a worker that starts during a hold is told to hold for what is left of it, and fenced where the others are', () => {
  const { time, told } = toldAt()
  told.hold({ capability: 'users', epoch: 3, ...bounds })
  time.ms = 500
  expect(told.calls()).toEqual([
    { path: '/hold', body: { capability: 'users', epoch: 3, ...bounds, maxHoldMs: 1_500 } },
  ])
  told.fenced({ capability: 'users', epoch: 3 })
  told.owner({ capability: 'users', epoch: 3, owner: 'service' })
  expect(told.calls().map(({ path }) => path)).toEqual(['/hold', '/fenced', '/owner'])
  // It ran out while fenced: the others refuse for fifteen seconds, and so does a new one.
  time.ms = 10_000
  expect(told.calls()[0]).toMatchObject({ path: '/hold', body: { maxHoldMs: 1 } })
  told.release({ capability: 'users', epoch: 3, owner: 'service' })
  expect(told.holds()).toBe(false)
  expect(told.calls()).toEqual([{ path: '/release', body: { capability: 'users', epoch: 3, owner: 'service' } }])
})

test('a hold that ran out while it drained is over, and an older owner never comes after a newer one', () => {
  const { time, told } = toldAt()
  told.hold({ capability: 'users', epoch: 1, ...bounds })
  time.ms = 2_001
  expect(told.calls()).toEqual([])
  told.owner({ capability: 'users', epoch: 5, owner: 'service' })
  told.owner({ capability: 'users', epoch: 4, owner: 'legacy' })
  expect(told.calls()).toEqual([{ path: '/owner', body: { capability: 'users', epoch: 5, owner: 'service' } }])
})

test('no stretch of a minute has more replacements than the budget, and the first are made at once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000), { maxLength: 40 }), (pauses) => {
      const budget = buildRestartBudget(3, 60_000)
      const made: number[] = []
      let now = 0
      for (const pause of pauses) {
        now += pause
        const wait = budget.take(now)
        if (made.length < 3) expect(wait).toBe(0)
        now += wait
        made.push(now)
      }
      for (const [at, first] of made.entries())
        expect((made[at + 3] ?? Number.POSITIVE_INFINITY) - first).toBeGreaterThanOrEqual(60_000)
    }),
  )
})

test('lines of a worker are passed on whole, however they come in pieces; one that its end has cut is not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (texts, sizes) => {
        const lines = texts.map((text) => `${JSON.stringify(text)}\n`)
        const bytes = Buffer.from(`${lines.join('')}{"cut`)
        let written = ''
        const write = (line: string) => {
          written += line
        }
        const log = buildLogLines({ write })
        let at = 0
        for (const size of sizes) {
          log.take(bytes.subarray(at, at + size))
          at += Math.min(size, bytes.length - at)
          expect(written === '' || written.endsWith('\n')).toBe(true)
        }
        log.take(bytes.subarray(at))
        expect(written).toBe(lines.join(''))
        expect(log.brokenBytes()).toBe(5)
      },
    ),
  )
})

test('changes go one after the other, and one that fails holds up nobody', async () => {
  const inTurn = buildInTurn()
  const order: string[] = []
  const slow = inTurn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    order.push('slow')
  })
  const failing = inTurn(async () => {
    order.push('failing')
    throw new Error('no')
  })
  const last = inTurn(async () => void order.push('last'))
  await expect(failing).rejects.toThrow('no')
  await Promise.all([slow, last])
  expect(order).toEqual(['slow', 'failing', 'last'])
})

test('log lines that the primary could not write are among those that the edge has lost', () => {
  const ofWorker = parseMetrics(
    '# HELP banyan_log_lines_lost a\n# TYPE banyan_log_lines_lost gauge\nbanyan_log_lines_lost 2\n',
  )
  const counts = { crashed: 0, stuck: 0, rolled: 0, lastCrash: undefined }
  const all = mergeMetrics([ofWorker, parseMetrics(crewMetrics(counts, { running: 1, logLinesLost: 40 }))])
  expect(all.get('banyan_log_lines_lost')?.series.get('banyan_log_lines_lost')).toBe(42)
})
