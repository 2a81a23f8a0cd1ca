import { expect, test } from 'vitest'
import { visible } from './visible.ts'

test('what steers a terminal or turns text around is written out, and colours, tabs and lines stay', () => {
  expect(visible('\u001b[31mred\u001b[39m\tand\nmore é 日本')).toBe('\u001b[31mred\u001b[39m\tand\nmore é 日本')
  expect(visible('\u001b]52;c;aGk=\u0007')).toBe('\\u001b]52;c;aGk=\\u0007')
  expect(visible('\u001b[2J')).toBe('\\u001b[2J')
  expect(visible('\u009b2J')).toBe('\\u009b2J')
  expect(visible('admin\u202etxt.exe')).toBe('admin\\u202etxt.exe')
  expect(visible('over\rwritten')).toBe('over\\u000dwritten')
})

test('a document says the same to a program', () => {
  const said = { name: '\u009b\u202e\u2028\u007f\u001b[2J"\\' }
  expect(JSON.parse(visible(JSON.stringify(said)))).toEqual(said)
})
