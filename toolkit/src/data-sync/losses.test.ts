import { expect, test } from 'vitest'
import { aggregate, field, localTime } from '../anti-corruption/index.ts'
import { shop } from './fixtures/shop-model.ts'
import { lossesOf } from './losses.ts'

test('what a mapping loses is named with its example', () => {
  const written = field('crt_dt', 'created_at', localTime({ zone: 'America/New_York', pattern: 'MM/DD/YYYY hh:mm AM' }))
  const big = { path: 'n', what: 'legacy rounds', example: { from: 2n ** 60n, to: undefined } }
  const translator = aggregate({ root: [field('id'), written], losses: [big] })
  expect(lossesOf({ ...shop, aggregate: { ...shop.aggregate, translator } })).toEqual([
    'created_at: legacy keeps no seconds ("2024-05-06T13:07:42.000Z" becomes "05/06/2024 09:07 AM")',
    'n: legacy rounds ("1152921504606846976" becomes nothing)',
  ])
  expect(lossesOf(shop)).toEqual([])
})
