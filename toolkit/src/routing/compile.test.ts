import { expect, test } from 'vitest'
import { routesText, tableOf } from './route-table.fixture.ts'

const clean = '{ name: clean, match: { path: /users/* }, upstream: users }'
const alone = routesText(clean).replace('  orders: { legacy: monolith, service: users }\n', '')

test('a plain route to the service of one capability knows whose data are written there; one to the monolith knows none', () => {
  const [target, catchAll] = tableOf(alone).routes.map((route) => route.target)
  expect(target).toMatchObject({ kind: 'upstream', upstream: { name: 'users' }, serviceOf: { name: 'users' } })
  expect(catchAll).toMatchObject({ kind: 'upstream', upstream: { name: 'monolith' }, serviceOf: undefined })
})

test('where one upstream is the service of two capabilities, nobody guesses', () => {
  expect(tableOf(routesText(clean)).routes[0]?.target).toMatchObject({ kind: 'upstream', serviceOf: undefined })
})
