import { expect, test } from 'vitest'
import { buildLearntFields } from './learnt-fields.ts'

const pair = { noun: 'order', legacy: '7', service: '8', passing: false }

test('two hundred fields are told apart, and the others are one', () => {
  const fields = buildLearntFields()
  for (let at = 0; at < 300; at++) fields.add(pair, { exchange: `x${at}`, route: 'r', place: `$.f${at}` })
  for (let at = 0; at < 5; at++) fields.add(pair, { exchange: 'y', route: 'r', place: '$.f0' })
  const report = fields.report()
  expect(report).toHaveLength(201)
  expect(report.slice(0, 2)).toMatchObject([
    { route: 'other', place: 'fields', pairs: 100 },
    { place: '$.f0', pairs: 6, first: { legacy: '7', service: '8', exchange: 'x0' } },
  ])
})

test('sessions and tokens are counted and never shown', () => {
  const fields = buildLearntFields()
  const field = fields.add({ ...pair, passing: true }, { exchange: 'x', route: 'r', place: 'cookie SID' })
  expect(fields.report()).toEqual([{ route: 'r', place: 'cookie SID', pairs: 1, first: undefined }])
  fields.takeBack(field)
  expect(fields.report()).toEqual([])
})
