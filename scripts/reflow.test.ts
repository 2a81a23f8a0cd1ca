import { expect, test } from 'vitest'
import { reflow } from './reflow.ts'

test('paragraphs are laid anew, and stay paragraphs', () => {
  expect(reflow('one two three\nfour\n\nfive', 9)).toBe('one two\nthree\nfour\n\nfive')
  expect(reflow('a-word-that-is-wider than that', 6)).toBe('a-word-that-is-wider\nthan\nthat')
})
