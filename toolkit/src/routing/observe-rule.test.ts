import { expect, test } from 'vitest'
import { parseRouteTable } from './parse.ts'

const table = (top: string, route = '') => `version: 1
upstreams:
  monolith: { url: http://127.0.0.1:4000 }
${top}
routes:
  - { name: a, match: { path: /a }, upstream: monolith${route} }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`

function exposed(text: string) {
  const parsed = parseRouteTable(text, 'routes.yaml')
  if (!parsed.ok) return parsed.problems.map(({ message }) => message)
  return [parsed.table.accessLog.percent, ...parsed.table.routes.map(({ expose }) => expose)]
}

test('nothing is exposed and every request is logged unless the route table says so', () => {
  expect(exposed(table(''))).toEqual([100, false, false])
})

test('what a route says about exposing goes before what the table says', () => {
  expect(exposed(table('expose: true', ', expose: false'))).toEqual([100, false, true])
  expect(exposed(table('', ', expose: true'))).toEqual([100, true, false])
  expect(exposed(table('access-log: { share: 0.5% }'))).toEqual([0.5, false, false])
})

test('another word than true or false, and a share that is none, are refused at their place', () => {
  expect(exposed(table('expose: yes'))).toEqual(['it is neither true nor false. Allowed: true, false.'])
  expect(exposed(table('access-log: { share: 101% }'))).toEqual([
    '101% is more than 100%. Allowed: 0% to 100%, in steps of 0.01%.',
  ])
})
