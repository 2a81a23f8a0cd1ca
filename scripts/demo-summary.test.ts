import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { demoSummary } from './demo-summary.ts'
import { buildDemoView } from './demo-view.ts'
import { portsFrom } from './ports.ts'

const step = { number: 4, action: 'shadow users.read 100%', kind: 'shadow', route: 'users.read' }

function mismatches(outcome: 'pass' | 'fail', bad: number, denominator: number) {
  const text = `${bad} of ${denominator} mismatched, at most 0.5 %`
  const value = bad / denominator
  const condition = {
    condition: 'mismatches',
    outcome,
    value,
    threshold: 0.005,
    denominator,
    wanted: 600,
    text,
  } as const
  const sample = { request: 'GET /api/customers/7', legacy: 'A', service: 'S' }
  const differences = bad === 0 ? [] : [{ kind: 'value' as const, path: '$.status', count: bad, sample }]
  return { outcome, conditions: [condition], differences }
}

function seen(lines: readonly object[], columns?: number) {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  const view = buildDemoView({ columns, write })
  for (const line of lines) view.show(JSON.stringify(line))
  return { ...view.end(), text }
}

const failed = { kind: 'gate', step, reading: mismatches('fail', 599, 622) }

test('a gate that failed is shown with the difference, and that nothing was flipped', () => {
  const { text } = seen([{ kind: 'begun', step }, failed])
  expect(text).toMatch(/^ {2}x 4 {2}shadow users\.read 100% .* 599 of 622 mismatched/)
  expect(text).toContain('nothing flipped')
  expect(text).not.toContain('\u001b')
})

test('a line that is rewritten fits the terminal, or it could not be rewritten', () => {
  const { text } = seen([{ kind: 'begun', step }, failed], 40)
  const rewritten = text.split('\u001b[K').filter((line) => line.includes('  . 4'))
  expect(rewritten).toHaveLength(2)
  for (const line of rewritten) expect(stripVTControlCharacters(line).replace('\r', '').length).toBeLessThan(40)
})

test('the summary names what was recorded, compared per route, replayed, failed and flipped', () => {
  const routes = [{ route: 'users.read', compared: 419, mismatched: 2 }]
  const replay = { number: 7, action: 'replay', kind: 'replay' }
  const done = seen([
    { kind: 'done', step: { ...step, kind: 'record' }, evidence: { exchanges: 500 } },
    { kind: 'done', step, reading: mismatches('pass', 0, 620), evidence: {} },
    { kind: 'done', step: replay, reading: mismatches('pass', 0, 419), evidence: { routes } },
  ])
  const flip = { before: { serve: 'legacy' }, after: { serve: '10%' } }
  const entry = { seq: 1, at: '', who: '', why: undefined, prev: '', hash: '', kind: 'flip', evidence: flip }
  const shoppers = { requests: 4812, failed: 0 } as never
  const outcome = { ok: true, halted: { ...done, gates: seen([failed]).gates }, done, shoppers, journal: [entry] }
  const text = demoSummary(outcome, { journalFile: 'journal.ndjson', tookMs: 1000, live: false })
  expect(text).toMatch(/x gate +users\.read {3}599 of 622 mismatched/)
  expect(text).toMatch(/v fixed +users\.read {3}0 of 620 mismatched -> 10%/)
  expect(text).toMatch(/compared +users\.read 620, mismatched 0/)
  expect(text).toMatch(/recorded +500 exchanges/)
  expect(text).toMatch(/replayed +users\.read 419, mismatched 2/)
  expect(text).toMatch(/requests +4 812 {3}failed 0 {3}flips 1 {3}journal journal\.ndjson/)
})

test('a port that is none is said with its variable', () => {
  expect(portsFrom({ EDGE_PORT: '18080' }).edge).toBe(18080)
  expect(() => portsFrom({ EDGE_PORT: 'abc' })).toThrow('EDGE_PORT=abc is no port')
  expect(() => portsFrom({ ADMIN_PORT: '70000' })).toThrow('ADMIN_PORT=70000')
})
