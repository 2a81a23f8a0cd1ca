import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePlan, readPlan } from './parse.ts'

const users = fileURLToPath(new URL('../../../migration-plans/users.yaml', import.meta.url))

test('the plan of the demo parses, with the file position of every step', async () => {
  const plan = await readPlan(users)
  expect(plan.capability).toBe('users')
  expect(plan.steps.map(({ action }) => action.kind)).toEqual([
    'record',
    'backfill',
    'follow',
    'shadow',
    'flip',
    'flip',
    'replay',
    'flip',
    'flip',
    ...['verify', 'cutover', 'verify', 'cutover', 'verify', 'cutover'],
  ])
  expect(plan.steps[3]).toMatchObject({
    number: 4,
    action: { kind: 'shadow', route: 'users.read', sharePercent: 100 },
    gate: { mismatches: { atMostShare: 0.005, samples: 600 }, lag: { belowMs: 1000 } },
    gateTimeoutMs: 120_000,
  })
  expect(plan.steps.every((step, index, all) => step.line > (all[index - 1]?.line ?? 0))).toBe(true)
})

test('a cutover says where to, and holds writes for at most two seconds unless it says otherwise', () => {
  const parsed = parsePlan(
    'capability: users\nsteps:\n  - follow\n  - verify\n  - cutover: { to: service }\n  - cutover: { to: legacy, maxHold: 500ms }\n',
    'p.yaml',
  )
  expect(parsed.ok && parsed.plan.steps.slice(2).map(({ action }) => action)).toEqual([
    { kind: 'cutover', to: 'service', maxHoldMs: 2000 },
    { kind: 'cutover', to: 'legacy', maxHoldMs: 500 },
  ])
})

const wrong = `capability: users
step: []
steps:
  - backfil
  - follow: { fast: true }
  - shadow: { route: users.read, share: 120% }
  - flip: { route: users.read, serve: owner }
  - flip: { serve: 10% }
    gates: { lag: { below: 1s } }
  - flip: { route: users.read, serve: service }
    gate: { mismatches: { atMost: 0.5 }, p99: { atMost: 1.2 }, lag: { below: soon }, within: 1 }
  - record: { exchanges: 0 }
  - { backfill: , follow: }
  - verify: { fast: true }
  - cutover: { to: legcy, maxHold: 2 }
  - cutover
`

test('all mistakes are reported at once, each with its line, its place and what is allowed', () => {
  const parsed = parsePlan(wrong, 'p.yaml')
  const lines = parsed.ok
    ? []
    : parsed.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
  expect(lines).toEqual([
    '2:1 step: "step" is not known here. Allowed: capability, steps. Did you mean "steps"?',
    '4:5 steps[0]: "backfil" is not a step. Allowed: record, backfill, follow, shadow, flip, replay, verify, cutover. Did you mean "backfill"?',
    '5:13 steps[1].follow: "follow" takes no options.',
    '6:41 steps[2].shadow.share: "120%" is not a percentage from 0% to 100%, such as 0.5%.',
    '7:39 steps[3].flip.serve: "owner" is not a serve. Allowed: legacy, service, or a share such as 10%. Ownership moves by a cutover, not by a flip.',
    '8:11 steps[4].flip: "route" is missing, such as route: users.read.',
    expect.stringMatching(/^9:5 steps\[4\]\.gates: .*Did you mean "gate"\?$/),
    '11:25 steps[5].gate.mismatches: "samples" is missing: how many must be counted, such as 600.',
    '11:35 steps[5].gate.mismatches.atMost: "0.5" is not a percentage from 0% to 100%, such as 0.5%.',
    '11:57 steps[5].gate.p99.atMost: "1.2" is not a multiple of legacy, such as 1.2x legacy.',
    '11:78 steps[5].gate.lag.below: "soon" is not a duration, such as 500ms, 30s or 5m.',
    '11:94 steps[5].gate.within: "1" is not a duration, such as 500ms, 30s or 5m.',
    '12:26 steps[6].record.exchanges: "0" is not a whole number of at least 1, such as 600.',
    '13:5 steps[7]: a step does one thing, and this one says backfill and follow.',
    '14:13 steps[8].verify: "verify" takes no options.',
    '15:20 steps[9].cutover.to: "legcy" is not an arm. Allowed: service, legacy.',
    '15:36 steps[9].cutover.maxHold: "2" is not a duration, such as 500ms, 30s or 5m.',
    '16:5 steps[10]: a mapping is wanted here: to, maxHold.',
  ])
})

test.each([
  ['- shadow: { route: a, share: 1% }\n    gate: { lag: { below: 1s } }', 'lag is known only after a "follow" step'],
  [
    '- flip: { route: a, serve: 5% }\n    gate: { mismatches: { atMost: 1%, samples: 9 } }',
    'mismatches need a shadow of a',
  ],
  ['- shadow: { route: a, share: 1% }\n    gate: { errors: { atMost: 1%, samples: 9 } }', 'ask for them on a flip'],
  ['- backfill:\n    gate: { errors: { atMost: 1%, samples: 9 } }', 'can only ask for lag'],
  ['- replay: { mismatches: { atMost: 1%, samples: 9 } }', 'nothing to replay'],
  ['- flip: { route: a, serve: 5% }\n    gate: {}', 'the gate has no condition'],
  ['- verify\n  - cutover: { to: service }', 'put a "follow" step before'],
  ['- follow\n  - cutover: { to: service }', 'put a "verify" step before'],
])('a gate that could never be known is refused: %s', (step, message) => {
  const parsed = parsePlan(`capability: users\nsteps:\n  ${step}\n`, 'p.yaml')
  expect(parsed).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining(message) }] })
})

test.each([
  ['not YAML', 'steps: [', '1:9'],
  ['nested too deeply', `steps: ${'['.repeat(2000)}`, 'nests deeper than 64'],
  ['nested too deeply by indentation', `${'- '.repeat(2000)}a`, 'indented by more than'],
  ['an alias', 'capability: users\nsteps: &a\n  - *a\n', 'alias'],
  ['empty', '', 'a mapping is wanted'],
  ['larger than it may be', `# ${'x'.repeat(4 * 1024 * 1024)}`, 'larger than'],
])('a plan that is %s is a problem, never a crash', (_what, text, message) => {
  const parsed = parsePlan(text, 'p.yaml')
  const said = parsed.ok ? '' : parsed.problems.map((p) => `${p.line}:${p.column} ${p.message}`).join('\n')
  expect(said).toContain(message)
})

test('whatever the text, parsing gives a plan or at least one problem with a position', () => {
  const word = fc.constantFrom(
    'steps',
    'capability',
    'flip',
    'gate',
    '- ',
    '  ',
    ': ',
    '\n',
    '{',
    '}',
    '[',
    '10%',
    '*a',
    '&a',
    '"',
    '!t ',
    '? ',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 40 }), (words) => {
      const parsed = parsePlan(words.join(''), 'p.yaml')
      if (parsed.ok) return parsed.plan.steps.length > 0
      return parsed.problems.length > 0 && parsed.problems.every(({ line, column }) => line >= 1 && column >= 1)
    }),
  )
})

test('a plan that is not there is a fault with exit code 4 and the path', async () => {
  await expect(readPlan('/nowhere/plan.yaml')).rejects.toMatchObject({ code: 'plan-missing', exitCode: 4 })
})
