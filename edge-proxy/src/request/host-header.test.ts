import { expect, test } from 'vitest'
import { isHostHeader } from './host-header.ts'

test.each([
  'a',
  'shop.example',
  'shop.example.',
  'shop_1.example:8080',
  '127.0.0.1:80',
  '[::1]:8080',
  '[2001:db8::1]',
  'xn--bcher-kva.example',
])('%s is a Host', (value) => expect(isHostHeader(value)).toBe(true))

test.each([
  '',
  ' ',
  'a b',
  'a,b',
  'u@h',
  'h/p',
  'h?',
  'h#',
  'h:',
  'h:0',
  'h:65536',
  'h:1x',
  '[::1',
  '::1',
  '[g::1]',
  '-a',
  'a..b',
  '.',
  'a'.repeat(300),
])('"%s" is none', (value) => expect(isHostHeader(value)).toBe(false))
