import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moveOwner } from './move-owner.ts'
import { routesText, tableOf } from './route-table.fixture.ts'
import { withOwner } from './with-owner.ts'

const text = routesText(
  '{ name: reads, capability: users, match: { methods: [GET], path: /users/* }, serve: 5% }',
  '{ name: writes, capability: users, match: { path: /users/* }, serve: owner }',
  '{ name: orders, capability: orders, match: { path: /orders/* }, serve: owner }',
  '{ name: clean, upstream: users, match: { path: /clean/* } }',
).replace('orders: { legacy: monolith, service: users }', 'orders: { legacy: users, service: monolith }')

test('another owner in a route table is what another owner in its file comes to', () => {
  const moves = fc.array(
    fc.record({
      capability: fc.constantFrom('users', 'orders'),
      owner: fc.constantFrom('legacy' as const, 'service' as const),
    }),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(moves, (all) => {
      const edited = all.reduce((from, move) => {
        const moved = moveOwner(from, 'routes.yaml', move)
        return moved.ok ? moved.text : ''
      }, text)
      const before = tableOf(text)
      const after = all.reduce(withOwner, before)
      expect(after).toEqual({ ...tableOf(edited), revision: before.revision, routes: expect.anything() })
      // Lines may differ where an owner is inserted on a line of its own.
      expect(after.routes.map(({ line, ...route }) => route)).toEqual(
        tableOf(edited).routes.map(({ line, ...route }) => route),
      )
    }),
    { numRuns: 50 },
  )
})

test('an owner that is owner already, and a capability that is not there, change nothing', () => {
  const table = tableOf(text)
  expect(withOwner(table, { capability: 'users', owner: 'legacy' })).toBe(table)
  expect(withOwner(table, { capability: 'refunds', owner: 'service' })).toBe(table)
})
