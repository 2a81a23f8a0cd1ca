import { expect, test } from 'vitest'
import { rewriteLocation } from './rewrite-location.ts'

const origins = new Set(['http://legacy.internal:3000', 'http://10.0.0.7'])

test.each([
  ['http://legacy.internal:3000/x?a=1#b', '/x?a=1#b'],
  ['HTTP://Legacy.Internal:3000/x', '/x'],
  ['http://10.0.0.7:80/x', '/x'],
  ['http://legacy.internal:3000', '/'],
  ['http://legacy.internal:3000?a', '/?a'],
])('%s becomes %s', (value, expected) => expect(rewriteLocation(value, origins)).toBe(expected))

test.each([
  '//evil',
  '/x',
  'x/y',
  '?a',
  '',
  'javascript:alert(1)',
  'https:/\\evil',
  'http://legacy.internal:3000@evil/x',
  'http://legacy.internal:3000\\@evil/x',
  'http://legacy.internal:3000.evil/x',
  'http://legacy.internal/x',
  'https://legacy.internal:3000/x',
  'http://legacy.internal:3000//evil',
  'http://legacy.internal:3000/\\evil',
  'http://legacy.internal:3000/a b',
])('%s stays', (value) => expect(rewriteLocation(value, origins)).toBe(value))
