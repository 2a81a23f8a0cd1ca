import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, openBench, type Tried } from './regressions/bench.ts'
import { type Finding, findingsOf, textOf } from './regressions/findings.ts'
import { regressions } from './regressions/regressions.ts'

// The whole of it (2 500 exchanges a regression, 10 000 without one) takes minutes: npm run test:regressions
const whole = process.env.BANYAN_REGRESSIONS === 'whole'
const size = whole ? { recorded: 10_000, together: 2_500, alone: 2_500 } : { recorded: 700, together: 700, alone: 120 }
const names = regressions.map(({ name }) => name)

let bench: Bench
beforeAll(async () => {
  bench = await openBench(size.recorded)
}, 120_000)
afterAll(() => bench.close())

test('a service that answers as legacy does passes the gate', { timeout: 300_000 }, async () => {
  const tried = await bench.attempt({})
  expect(clustersOf(tried)).toEqual([])
  expect(tried).toMatchObject({ exitCode: 0, report: { outcome: 'pass', exchanges: { sent: size.recorded } } })
})

test('random ids, clocks and lists without an order on both arms are no regression', { timeout: 300_000 }, async () => {
  const tried = await bench.attempt({ additions: 'figures-and-noise' })
  expect(clustersOf(tried)).toEqual([])
  expect(tried).toMatchObject({ exitCode: 0, report: { outcome: 'pass', exchanges: { sent: size.recorded } } })
})

test('each of twelve regressions is found where it spoils every answer, eight or more with the right cause', {
  timeout: 600_000,
}, async () => {
  const findings: Finding[] = []
  for (const name of names) {
    const tried = await bench.attempt({ plants: [{ name, rate: 1 }], exchanges: size.alone })
    expect(tried).toMatchObject({ exitCode: 3, report: { outcome: 'fail' } })
    findings.push(...findingsOf(tried))
  }
  expectAllFound(findings)
})

test.each([0.05, 0.01])(
  'twelve regressions at once, each in a share of %f, are told apart',
  {
    timeout: 300_000,
  },
  async (rate) => {
    const tried = await bench.attempt({ plants: names.map((name) => ({ name, rate })), exchanges: size.together })
    expect(tried).toMatchObject({ exitCode: 3, report: { outcome: 'fail' } })
    expectAllFound(findingsOf(tried))
  },
)

test('twelve regressions at once are found among noise', { timeout: 300_000 }, async () => {
  const plants = names.map((name) => ({ name, rate: 0.05 }))
  const tried = await bench.attempt({ plants, additions: 'figures-and-noise', exchanges: size.together })
  expect(tried).toMatchObject({ exitCode: 3, report: { outcome: 'fail' } })
  expectAllFound(findingsOf(tried))
})

function expectAllFound(findings: readonly Finding[]): void {
  const table = textOf(findings)
  if (whole) console.log(table)
  const named = (holds: (finding: Finding) => boolean) => findings.filter(holds).map(({ name }) => name)
  expect(
    named(({ spoiled }) => spoiled > 0),
    table,
  ).toEqual(names)
  expect(
    named(({ clusters }) => clusters.length > 0),
    table,
  ).toEqual(names)
  expect(
    named(({ ofItsOwn }) => ofItsOwn),
    table,
  ).toEqual(names)
  expect(named(({ causeIsRight }) => causeIsRight).length, table).toBeGreaterThanOrEqual(8)
}

function clustersOf({ report }: Tried): readonly string[] {
  return report.clusters.map(({ route, kind, path, exchanges, first }) => {
    return `${route} ${kind} ${path} in ${exchanges}: ${JSON.stringify(first.legacy)} against ${JSON.stringify(first.service)}`
  })
}
