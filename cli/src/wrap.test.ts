import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrap } from './wrap.ts'

test('a wide line breaks at words, and goes on two further in', () => {
  expect(wrap('  routes.yaml:7:13 routes[0].serve: what is wrong\nshort', 24)).toBe(
    ['  routes.yaml:7:13', '    routes[0].serve:', '    what is wrong', 'short'].join('\n'),
  )
})

test('no word is lost or broken, and only one that is too wide alone passes the edge', () => {
  const words = fc.array(fc.stringMatching(/^[a-z./]{1,30}$/), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(words, fc.integer({ min: 10, max: 60 }), (line, columns) => {
      const wrapped = wrap(line.join(' '), columns)
      expect(wrapped.split(/\s+/)).toEqual(line)
      for (const each of wrapped.split('\n')) expect(each.length <= columns || !each.trim().includes(' ')).toBe(true)
    }),
  )
})
