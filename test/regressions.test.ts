import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Additions } from './regressions/additions.ts'
import { type Bench, openBench, type Tried } from './regressions/bench.ts'
import { type Finding, findingsOf, textOf } from './regressions/findings.ts'
import { regressions } from './regressions/regressions.ts'

// The whole of it takes minutes: npm run test:regressions. Each share is of the answers in which a regression can show.
const whole = process.env.BANYAN_REGRESSIONS === 'whole'
const size = whole ? { recorded: 10_000, together: 2_500, alone: 2_500 } : { recorded: 600, together: 600, alone: 600 }
const sharesAlone = whole ? [1, 0.05, 0.01] : [1]
const together: readonly (readonly [share: number, additions: Additions])[] = whole
  ? [
      [0.05, 'figures'],
      [0.01, 'figures'],
      [0.05, 'figures-and-noise'],
      [0.01, 'figures-and-noise'],
    ]
  : [[0.05, 'figures-and-noise']]
const names = regressions.map(({ name }) => name)
const timeout = 540_000

let bench: Bench
beforeAll(async () => {
  bench = await openBench(size.recorded)
}, 180_000)
afterAll(() => bench.close())

test('a service that answers as legacy does passes the gate; what was never compared is unknown', {
  timeout,
}, async () => {
  expectPass(await bench.attempt({}))
  expect(await bench.attempt({ exchanges: 0 })).toMatchObject({ exitCode: 3, report: { outcome: 'unknown' } })
})

test('random ids, clocks and lists without an order on both arms are no regression', { timeout }, async () => {
  expectPass(await bench.attempt({ additions: 'figures-and-noise' }))
})

test.each(sharesAlone)('each of twelve regressions is found in a share of %f', { timeout }, async (rate) => {
  const findings: Finding[] = []
  for (const name of names) {
    const tried = await bench.attempt({ plants: [{ name, rate }], exchanges: size.alone })
    expectFail(tried, 'figures')
    findings.push(...findingsOf(tried))
  }
  expectAllFound(findings, names.length)
})

test.each(together)(
  'twelve regressions at once, each in a share of %f, are told apart: %s',
  { timeout },
  async (rate, additions) => {
    const plants = names.map((name) => ({ name, rate }))
    const tried = await bench.attempt({ plants, additions, exchanges: size.together })
    expectFail(tried, additions)
    // Of a value that another regression spoiled to what legacy had given before, nobody can tell which of the two it was.
    expectAllFound(findingsOf(tried), names.length - 1)
  },
)

function expectPass(tried: Tried): void {
  const { report, exitCode } = tried
  expect(clustersOf(tried)).toEqual([])
  expect(report.routes.map(({ bound }) => bound.mismatched)).toEqual([0, 0, 0])
  expect([exitCode, report.outcome]).toEqual([0, 'pass'])
  expect(report.exchanges.sent).toBeGreaterThan(0.95 * size.recorded)
}

/**
 * Every answer that was spoiled counts as a mismatch, and no other one does. Among noise one in twenty may be taken for the
 * other: whether a clock ran on or was set wrong, a single answer cannot tell.
 */
function expectFail({ report, exitCode, spoiled }: Tried, additions: Additions): void {
  const mismatchedOf = (name: string) => report.routes.find(({ route }) => route === name)?.bound.mismatched
  const planted = Object.values(spoiled).reduce((sum, count) => sum + count, 0)
  const offBy = additions === 'figures' ? 0 : Math.max(2, 0.05 * planted)
  const reads = mismatchedOf('users.read') ?? 0
  expect([mismatchedOf('users.list'), mismatchedOf('users.write')]).toEqual([0, 0])
  expect(Math.abs(reads - planted), `${reads} mismatched of ${JSON.stringify(spoiled)}`).toBeLessThanOrEqual(offBy)
  expect([exitCode, report.outcome]).toEqual([3, 'fail'])
}

function expectAllFound(findings: readonly Finding[], ofTheirOwn: number): void {
  const table = textOf(findings)
  if (whole) console.log(table)
  const namesOf = (holds: (finding: Finding) => boolean) => findings.filter(holds).map(({ name }) => name)
  expect(
    namesOf(({ spoiled }) => spoiled > 0),
    table,
  ).toEqual(names)
  expect(
    namesOf(({ clusters }) => clusters.length > 0),
    table,
  ).toEqual(names)
  expect(namesOf(({ ofItsOwn }) => ofItsOwn).length, table).toBeGreaterThanOrEqual(ofTheirOwn)
  expect(namesOf(({ causeIsRight }) => causeIsRight).length, table).toBeGreaterThanOrEqual(11)
}

function clustersOf({ report }: Tried): readonly string[] {
  return report.clusters.map(({ route, kind, path, exchanges, first }) => {
    return `${route} ${kind} ${path} in ${exchanges}: ${JSON.stringify(first.legacy)} against ${JSON.stringify(first.service)}`
  })
}
