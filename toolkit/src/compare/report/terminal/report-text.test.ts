import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { cleanComparison, comparison, emptyComparison } from '../fixtures/comparison.ts'
import type { Paint } from './line.ts'
import { reportText } from './report-text.ts'

const plain: Paint = {
  ...{ bold: (text) => text, dim: (text) => text, red: (text) => text },
  ...{ green: (text) => text, yellow: (text) => text },
}

test('the report fits 80 columns and names routes, bounds, clusters, causes and what would remove them', () => {
  const text = reportText(comparison(), { columns: 80, paint: plain })
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text).toMatch(/x users\.read +9 204 +312 +3\.8%/)
  expect(text).toMatch(/\? users\.avatar +none +0 +\?/)
  expect(text).toContain('at most 0.1% needs 2 995 clean')
  expect(text).toMatch(/148x \$\.credit {2}value, times-100[\s\S]*legacy 19\.99 {2}service 1999[\s\S]*in cents/)
  expect(text).toContain('hides 2 other differences')
  expect(text).toMatch(/expired on 2026-10-31.*\$\.lastSeenAt/)
  expect(text).toMatch(/640 aggregates of users: 637 equal, 2 different/)
  expect(text.endsWith('\nfail')).toBe(true)
})

test('what bounds left out is said', () => {
  const bounds = [{ count: 48_000, what: 'values of earlier answers were forgotten' }]
  expect(reportText({ ...cleanComparison(), bounds }, { columns: 80, paint: plain })).toContain(
    '! 48 000 values of earlier answers were forgotten',
  )
})

test('the fields at which ids were learnt are told, so that a person sees one that holds none', () => {
  const { ids, ...rest } = comparison()
  if (ids === undefined) throw new Error('the fixture has them')
  const first = { legacy: '7', service: '8', exchange: 'x1' }
  const field = { route: 'orders.create', place: '$.customerId', pairs: 12, first }
  const learnt = [field, { ...field, place: '$.cart', pairs: 1 }, { ...field, place: 'cookie SID', first: undefined }]
  const text = reportText({ ...rest, ids: { ...ids, learnt } }, { columns: 80, paint: plain })
  expect(text).toContain('orders.create $.customerId: 12 pairs, first 8 for 7')
  expect(text).toContain('orders.create $.cart: 1 pair, 8 for 7')
  expect(text).toMatch(/orders\.create cookie SID: 12 pairs$/m)
})

test('what came and went is said: as a lag that nobody saw, and in its cluster as flapping', () => {
  const { routes, clusters, ...rest } = comparison()
  const [route] = routes
  const [cluster] = clusters
  if (route === undefined || cluster === undefined) throw new Error('the fixture has both')
  const text = reportText(
    {
      ...rest,
      routes: [{ ...route, askedAgain: { transient: 12, unseen: 3, persistent: 9, flapping: 4 } }],
      clusters: [{ ...cluster, flapping: 4 }],
    },
    { columns: 80, paint: plain },
  )
  expect(text).toContain('12 transient (3 that nobody saw to be a lag)')
  expect(text).toContain('4 flapping')
  expect(text).toMatch(/flapping: 4 of \d+ differences were gone when\s+asked\s+again, and no lag\s+explains\s+them/)
})

test('what one arm alone wrote, and a path that has no end, take the room that there is', () => {
  const { written, clusters, ...rest } = comparison()
  const [first] = clusters
  if (written === undefined || first === undefined) throw new Error('the fixture has both')
  const alone = { key: '11', path: '', legacy: `id 11, note "${'x'.repeat(500)}"`, service: undefined }
  const deepest = `$${'[0]'.repeat(400)}`
  const remedy = { kind: 'rule' as const, text: `- { path: ${deepest} }`, removes: 1, hidesOthers: 0 }
  const value = JSON.stringify(Array.from({ length: 90 }, () => 'x'))
  const deep = {
    ...{ ...first, path: `$${'[*]'.repeat(400)}`, cause: `In ${'[*]'.repeat(400)}.`, remedy },
    first: { ...first.first, path: deepest, legacy: value, service: value.replaceAll('x', 'y') },
  }
  const routes = rest.routes.map((route) => ({
    ...route,
    ownNoise: [{ path: deepest, kind: 'value' as const, exchanges: 1 }],
  }))
  const rules = rest.rules.map((rule) => ({ ...rule, path: deepest }))
  const text = reportText(
    {
      ...rest,
      routes,
      rules,
      written: { ...written, samples: [alone, { ...alone, path: deepest }] },
      clusters: [deep],
    },
    { columns: 80, paint: plain },
  )
  expect(text).toContain('11      legacy alone: id 11, note')
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text.length).toBeLessThan(6000)
})

test('colours change nothing but the colour', () => {
  const colour = (text: string) => `\u001b[31m${text}\u001b[39m`
  const painted: Paint = { bold: colour, dim: colour, red: colour, green: colour, yellow: colour }
  const text = reportText(comparison(), { columns: 80, paint: painted })
  expect(text).not.toBe(reportText(comparison(), { columns: 80, paint: plain }))
  expect(stripVTControlCharacters(text)).toBe(reportText(comparison(), { columns: 80, paint: plain }))
})

test('a clean run is a few lines, and law 7: an empty one is unknown', () => {
  const clean = cleanComparison()
  const { ids, written, coverage, ...bare } = clean
  expect(
    reportText(
      { ...bare, exchanges: { ...clean.exchanges, malformed: 0, dropped: 0, skipped: {} } },
      { columns: 80, paint: plain },
    ),
  ).toBe(
    [
      'legacy http://127.0.0.1:4000 against service http://127.0.0.1:4101',
      '14 233 of 15 000 exchanges sent in 12.4 s',
      '',
      '  route         compared  mismatched  at most',
      '+ users.read       9 204           0   0.033%',
      '    7 truncated',
      '',
      'pass: users.read: 0 of 9 204 mismatched, at most 0.033%, wanted at most 0.1%',
    ].join('\n'),
  )
  expect(reportText(emptyComparison(), { columns: 80, paint: plain })).toMatch(/unknown: nothing was compared$/)
})
