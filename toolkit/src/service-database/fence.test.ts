import { expect, test } from 'vitest'
import { fenceFault } from './fence.ts'

const owned =
  'banyan: orders is owned by legacy (epoch 4), so this database may not change orders.status; write through the edge'
const moving =
  'banyan: orders is moving between its owners right now, so this database may not change orders; try again in a second'

test.each([
  ['SQLITE_CONSTRAINT_TRIGGER', owned, 'not-the-owner'],
  ['SQLITE_CONSTRAINT_TRIGGER', moving, 'owner-moving'],
  ['P0001', `insert into "orders" ("id") values ($1) - ${owned}`, 'not-the-owner'],
  ['P0001', moving, 'owner-moving'],
])('what a fence threw as %s, "%s", is the fault %s in its own words', (code, message, fault) => {
  const found = fenceFault(Object.assign(new Error(message), { code }))
  expect(found).toMatchObject({ code: fault, message: message.slice(message.indexOf('orders is')) })
})

test("PostgreSQL's hint goes along, unless the message holds it", () => {
  const thrown = (hint: string) => fenceFault(Object.assign(new Error(owned), { code: 'P0001', hint }))
  expect(thrown('banyan cutover orders --to service')?.hint).toBe('banyan cutover orders --to service')
  expect(thrown('write through the edge')?.hint).toBeUndefined()
})

test('what somebody else raised, and what only looks like it, is no fence', () => {
  const others = [
    Object.assign(new Error('out of stock'), { code: 'P0001' }),
    Object.assign(new Error(owned), { code: '23505' }),
    new Error(owned),
    owned,
    undefined,
  ]
  expect(others.map(fenceFault)).toEqual(others.map(() => undefined))
})
