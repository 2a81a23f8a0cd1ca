import { expect, test } from 'vitest'
import { buildAhead } from './ahead.ts'

test('what was begun under the same name is taken once; another name, a failure and what was forgotten are read anew', async () => {
  const ahead = buildAhead<string>()
  ahead.begin('a', async () => 'begun')
  expect(ahead.isBegun()).toBe(true)
  expect(await ahead.take('a', async () => 'anew')).toBe('begun')
  expect(await ahead.take('a', async () => 'anew')).toBe('anew')
  ahead.begin('b', async () => 'begun')
  expect(await ahead.take('c', async () => 'anew')).toBe('anew')
  ahead.begin('d', () => Promise.reject(new Error('down')))
  expect(await ahead.take('d', async () => 'anew')).toBe('anew')
  ahead.begin('e', async () => 'stale')
  ahead.forget()
  expect(await ahead.take('e', async () => 'anew')).toBe('anew')
})
