import { expect, test } from 'vitest'
import { cleanComparison, comparison, emptyComparison } from '../fixtures/comparison.ts'
import { reportJunit } from './report-junit.ts'

test('conditions, routes with their clusters, and rules are suites whose counts are right', () => {
  const xml = reportJunit(comparison())
  const suites = [...xml.matchAll(/<testsuite name="([^"]+)" tests="(\d+)" failures="(\d+)" errors="(\d+)"/g)]
  expect(suites.map(([, ...parts]) => parts.join(' '))).toEqual([
    'gate 4 2 1',
    'users.read 7 7 0',
    'users.search 1 0 0',
    'users.orders 1 0 1',
    'users.addresses 2 1 1',
    'users.avatar 1 0 1',
    'rules 4 2 0',
  ])
  expect(xml.match(/<failure /g)).toHaveLength(12)
  expect(xml).toContain('cause: The service answers in cents')
})

test('law 7: what is unknown is an error of the run, never a pass', () => {
  expect(reportJunit(emptyComparison())).toMatch(/<error message="nothing was compared" type="unknown">/)
  expect(reportJunit(cleanComparison())).toMatch(/failures="0" errors="0"/)
})

test('a mismatch that the gate allows is told and passes', () => {
  const report = comparison()
  const routes = report.routes.map((route) => ({ ...route, outcome: 'pass' as const }))
  const xml = reportJunit({ ...report, routes, conditions: [{ outcome: 'pass', text: 'few enough' }], rules: [] })
  expect(xml).not.toMatch(/<failure|<error/)
  expect(xml).toContain('$.credit')
})

test('no value can end an element, or hold what XML has no way to say', () => {
  const [cluster] = comparison().clusters
  if (cluster === undefined) throw new Error('the fixture has a cluster')
  const xml = reportJunit(
    comparison({ clusters: [{ ...cluster, path: ']]></failure>"&\u0000\ud800', cause: '<b>\u001b[31m' }] }),
  )
  expect(xml).not.toMatch(/<\/failure>"|<b>/)
  for (const never of ['\u0000', '\u001b', '\ud800']) expect(xml).not.toContain(never)
  expect(xml).toContain(']]&gt;&lt;/failure&gt;&quot;&amp;')
})
