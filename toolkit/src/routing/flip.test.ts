import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits, reverseEdits } from './edit.ts'
import { type Flipped, type FlipRequest, flipRoute, knobsOf } from './flip.ts'
import { head, routesText, tableOf, tail } from './route-table.fixture.ts'

const text = `${head}routes:
  # reads first
  - name: block # the block one
    capability: orders
    match:
      methods: [GET]
      path: /block/:id   # two comments

    # between
    serve:   'legacy'  # who
    shadow: "0%"
  - { name: flow, capability: orders, match: { methods: [GET], path: /flow }, serve: 5%, shadow: 10% } # same line
  - name: bare
    capability: orders
    match: { methods: [GET], path: /bare } # nothing else
  - { name: tight, capability: orders, match: {path: /tight}}
  - {
      name: wide,
      capability: orders,   # why
      match: { path: /wide },
    }
  - match:
      path: /nested
      headers:
        x-beta: "yes"   # last leaf
    name: nested
    capability: orders
  - name: owned
    capability: users
    match: { methods: [POST, PUT], path: /owned }
    serve: owner
${tail}`

const names = ['block', 'flow', 'bare', 'tight', 'wide', 'nested']

describe('flipRoute', () => {
  test('changes the bytes of the value and nothing else', () => {
    const flipped = done(flipRoute(text, 'routes.yaml', { route: 'block', serve: '5%', shadow: '100%' }))
    expect(flipped.text).toBe(text.replace("'legacy'  # who", "'5%'  # who").replace('"0%"', '"100%"'))
    expect(flipped).toMatchObject({
      before: { serve: 'legacy', shadow: '0%' },
      after: { serve: '5%', shadow: '100%' },
      edits: [
        { old: "'legacy'", new: "'5%'" },
        { old: '"0%"', new: '"100%"' },
      ],
    })
  })

  test.each([
    ['flow', { serve: 'service' }, 'serve: 5%, shadow', 'serve: service, shadow'],
    ['bare', { serve: '0.5%' }, '} # nothing else', '} # nothing else\n    serve: 0.5%'],
    ['bare', { shadow: '1%' }, '} # nothing else', '} # nothing else\n    shadow: 1%'],
    ['bare', { serve: '5%', shadow: '1%' }, '} # nothing else', '} # nothing else\n    serve: 5%\n    shadow: 1%'],
    ['tight', { serve: '5%', shadow: '1%' }, '{path: /tight}}', '{path: /tight}, serve: 5%, shadow: 1%}'],
    ['wide', { serve: '5%' }, '{ path: /wide },', '{ path: /wide }, serve: 5%,'],
    ['nested', { serve: '5%' }, '# last leaf', '# last leaf\n    serve: 5%'],
  ])('in the layout of %s writes %j', (route, knobs, from, to) => {
    expect(done(flipRoute(text, 'routes.yaml', { route, ...knobs })).text).toBe(text.replace(from, to))
  })

  test('writes 0% as legacy and 100% as service', () => {
    expect(done(flipRoute(text, 'f', { route: 'flow', serve: '100%' })).text).toContain('serve: service, shadow')
    expect(done(flipRoute(text, 'f', { route: 'flow', serve: '0%' })).text).toContain('serve: legacy, shadow')
  })

  test('to what already is changes nothing', () => {
    expect(done(flipRoute(text, 'f', { route: 'block', serve: '0%' }))).toMatchObject({ edits: [], text })
  })

  test('adds the last line of a file that does not end with one', () => {
    const cut = routesText('{ name: x, upstream: users, match: { path: /x } }')
    const open = `${cut}  - name: last\n    capability: orders\n    match: { path: /last }`
    expect(done(flipRoute(open, 'f', { route: 'last', serve: '5%' })).text).toBe(`${open}\n    serve: 5%`)
  })

  test('keeps CR LF, also in what it inserts', () => {
    const dos = text.replaceAll('\n', '\r\n')
    for (const route of names) {
      const flipped = done(flipRoute(dos, 'f', { route, serve: '50%', shadow: '33%' }))
      const unix = done(flipRoute(text, 'f', { route, serve: '50%', shadow: '33%' }))
      expect(flipped.text).toBe(unix.text.replaceAll('\n', '\r\n'))
    }
  })

  test('flips, then their reverse edits in reverse order, restore the bytes', () => {
    const share = fc.oneof(
      fc.constantFrom('legacy', 'service', '0%', '100%'),
      fc.integer({ min: 1, max: 9999 }).map(percent),
    )
    const flip = fc.record<FlipRequest>(
      { route: fc.constantFrom(...names), serve: share, shadow: fc.integer({ min: 0, max: 10_000 }).map(percent) },
      { requiredKeys: ['route'] },
    )
    const eol = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), eol, (flips, lineEnd) => {
        const original = text.replaceAll('\n', lineEnd)
        let now = original
        const applied: Extract<Flipped, { ok: true }>[] = []
        for (const each of flips) {
          const flipped = done(flipRoute(now, 'f', each))
          expect(applyEdits(now, flipped.edits)).toBe(flipped.text)
          expect(knobsOf(tableOf(flipped.text), each.route)).toEqual(flipped.after)
          now = flipped.text
          applied.push(flipped)
        }
        for (const { edits } of applied.toReversed()) now = applyEdits(now, reverseEdits(edits))
        expect(now).toBe(original)
      }),
      { numRuns: 80 },
    )
  })
})

describe('a flip that is refused', () => {
  test.each([
    [{ route: 'blok', serve: '5%' }, 'route-unknown', 64, 'no route "blok". Did you mean "block"?'],
    [{ route: 'everything-else', serve: 'legacy' }, 'route-plain', 64, 'goes to a plain upstream'],
    [{ route: 'everything-else', shadow: '5%' }, 'route-plain', 64, 'goes to a plain upstream'],
    [{ route: 'block', serve: 'half' }, 'knob-invalid', 64, 'serve: "half" is unknown.'],
    [{ route: 'block', serve: 'servcie' }, 'knob-invalid', 64, 'serve: "servcie" is unknown. Did you mean "service"?'],
    [{ route: 'block', serve: '5' }, 'knob-invalid', 64, 'serve: "5" is no percentage'],
    [{ route: 'block', shadow: '101%' }, 'knob-invalid', 64, 'shadow: 101% is more than 100%'],
    [{ route: 'owned', serve: 'service' }, 'route-serves-owner', 6, 'a flip does not move writes'],
    [{ route: 'owned', serve: 'owner' }, 'route-serves-owner', 6, 'a flip does not move writes'],
    [{ route: 'block', serve: 'owner' }, 'route-serves-owner', 6, 'a flip does not move writes'],
    [{ route: 'owned', shadow: '5%' }, 'route-table-invalid', 4, 'none of the methods is ever shadowed'],
  ])('%j ends with %s (exit %i)', (flip, code, exitCode, message) => {
    const flipped = flipRoute(text, 'routes.yaml', flip)
    expect(flipped).toMatchObject({ ok: false, fault: { code, exitCode } })
    expect(!flipped.ok && flipped.fault.message).toContain(message)
  })

  test('of the owner names the command that moves it', () => {
    const flipped = flipRoute(text, 'routes.yaml', { route: 'owned', serve: 'service' })
    expect(!flipped.ok && flipped.fault.hint).toContain('banyan cutover users --to service')
  })

  test('in an invalid file has all its problems', () => {
    const flipped = flipRoute(text.replace('version: 1', 'version: 3'), 'routes.yaml', { route: 'flow', serve: '5%' })
    expect(flipped).toMatchObject({
      ok: false,
      fault: { code: 'route-table-invalid' },
      problems: [{ path: 'version' }],
    })
  })
})

describe('edits', () => {
  test('do not fit another text', () => {
    const { edits } = done(flipRoute(text, 'f', { route: 'flow', serve: '6%' }))
    expect(() => applyEdits(` ${text}`, edits)).toThrow('the text is not "5%"')
  })
})

function done(flipped: Flipped): Extract<Flipped, { ok: true }> {
  if (flipped.ok) return flipped
  throw flipped.fault
}

function percent(hundredths: number): string {
  return `${hundredths / 100}%`
}
