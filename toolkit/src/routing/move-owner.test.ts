import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits, reverseEdits } from './edit.ts'
import { type MovedOwner, moveOwner } from './move-owner.ts'
import { tail } from './route-table.fixture.ts'

/** How people write a capability; `@` stands for the owner's value, and `#` begins a comment that must stay. */
const layouts: readonly (readonly [written: string, inserted: string])[] = [
  ['  NAME:\n    legacy: monolith # first\n    service: other\n    owner: @  # mirrors the databases\n', ''],
  ['  NAME: { legacy: monolith, service: other, owner: @ } # in a line\n', ''],
  ['  NAME: {owner: @, legacy: monolith, service: other}\n', ''],
  ['  NAME:\n    owner:    "@"\n    # between\n\n    legacy: monolith\n    service: other\n', ''],
  ["  NAME:\n    legacy: monolith\n    owner: '@'   \n    service: other # last\n", ''],
  ['  NAME:\n    owner: >-\n      @\n    legacy: monolith\n    service: other\n', ''],
  ['  NAME:\n    legacy: monolith\n    service: other # why\n', '    service: other # why\n    owner: service\n'],
  ['  NAME: { service: other, legacy: monolith } # in a line\n', '{ service: other, owner: service, legacy'],
]

const written = fc.record({
  layout: fc.integer({ min: 0, max: 5 }),
  owner: fc.constantFrom('legacy' as const, 'service' as const),
  name: fc.constantFrom('users', 'orders', 'legacy', 'service', 'owner', 'a.b-c_d'),
  others: fc.integer({ min: 0, max: 3 }),
  eol: fc.constantFrom('\n', '\r\n'),
  comment: fc.string({ unit: fc.constantFrom(...'owner: legacy service # {}"é→'), maxLength: 20 }),
})

function fileOf(capabilities: string, comment = ''): string {
  return `# ${comment}\nversion: 1
upstreams: { monolith: { url: http://127.0.0.1:4000 }, other: { url: http://127.0.0.1:4101 } }
capabilities:
${capabilities}routes:
${tail}`
}

describe('moveOwner', () => {
  test('changes the bytes of the value and nothing else, in every layout; and back gives the bytes of before', () => {
    fc.assert(
      fc.property(written, ({ layout, owner, name, others, eol, comment }) => {
        const one = (own: string) => (layouts[layout]?.[0] ?? '').replace('NAME', name).replace('@', own)
        const beside = Array.from(
          { length: others },
          (_, n) => `  beside${n}: { legacy: monolith, service: other, owner: legacy }\n`,
        )
        const around = (own: string) => fileOf(beside.join('') + one(own), comment).replaceAll('\n', eol)
        const text = around(owner)
        const to = owner === 'legacy' ? 'service' : 'legacy'
        const moved = done(moveOwner(text, 'f', { capability: name, owner: to }))
        // A block scalar becomes a plain one: its header is part of the value.
        const expected = layout === 5 ? around(to).replace(`>-${eol}      ${to}`, to) : around(to)
        expect(moved.text).toBe(expected)
        expect(moved.before).toBe(owner)
        expect(moved.table.capabilities.get(name)?.owner).toBe(to)
        expect(applyEdits(moved.text, reverseEdits(moved.edits))).toBe(text)
        expect(done(moveOwner(text, 'f', { capability: name, owner }))).toMatchObject({ text, edits: [] })
        if (layout !== 5) expect(done(moveOwner(moved.text, 'f', { capability: name, owner })).text).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  test.each(layouts.filter(([, inserted]) => inserted !== ''))(
    'writes an owner that is not written yet: %j',
    (layout, inserted) => {
      const text = fileOf(layout.replace('NAME', 'users'))
      const moved = done(moveOwner(text, 'f', { capability: 'users', owner: 'service' }))
      expect(moved.text).toContain(inserted)
      expect(moved.edits).toHaveLength(1)
      expect(applyEdits(moved.text, reverseEdits(moved.edits))).toBe(text)
      expect(done(moveOwner(text, 'f', { capability: 'users', owner: 'legacy' })).edits).toEqual([])
    },
  )

  test('names a capability that is not there, with the nearest', () => {
    const text = fileOf('  users: { legacy: monolith, service: other }\n')
    expect(moveOwner(text, 'f', { capability: 'uesrs', owner: 'service' })).toMatchObject({
      ok: false,
      fault: { code: 'capability-unknown', exitCode: 64, message: 'no capability "uesrs". Did you mean "users"?' },
    })
  })

  test('does not touch a file that is not valid', () => {
    expect(moveOwner('version: 7', 'f', { capability: 'users', owner: 'service' })).toMatchObject({
      ok: false,
      fault: { code: 'route-table-invalid', exitCode: 4 },
    })
  })
})

function done(moved: MovedOwner): Extract<MovedOwner, { ok: true }> {
  if (moved.ok) return moved
  throw moved.fault
}
