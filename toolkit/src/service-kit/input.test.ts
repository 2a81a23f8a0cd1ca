import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { largestKey, textInput, wholeNumber } from './input.ts'
import { sent } from './openapi.ts'

const key = wholeNumber(1, largestKey)

test('every key is read from its digits, and from nothing else that means the same number', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: largestKey }), (id) => key.parse(String(id)) === id))
  for (const text of [
    '',
    ' 1',
    '1 ',
    '+1',
    '01',
    '1.0',
    '1e1',
    '0x1',
    '-1',
    '0',
    '2147483648',
    'Infinity',
    ['1'],
    true,
  ])
    expect(key.safeParse(text).success, String(text)).toBe(false)
})

test('what is left out may have a default, and the document says number and bounds', () => {
  const query = z.object({ limit: wholeNumber(1, 100).default(25) })
  expect(query.parse({})).toEqual({ limit: 25 })
  expect(sent(query)).toMatchObject({ properties: { limit: { type: 'integer', minimum: 1, maximum: 100 } } })
})

test('a text may hold anything but U+0000, which PostgreSQL cannot store', () => {
  expect(textInput.trim().max(5).parse(' añ\n😀 ')).toBe('añ\n😀')
  expect(textInput.safeParse('a\0b').error?.issues).toMatchObject([{ message: expect.stringContaining('U+0000') }])
})
