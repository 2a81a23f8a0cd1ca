import { get, host } from './bytes.ts'
import type { RefusedCase } from './refused-framing.ts'

const target = (text: string): RefusedCase => [JSON.stringify(text), get(text), 400]

/** Paths that two servers could read differently; what routes is what is sent, so these do neither. */
export const refusedTargets: readonly RefusedCase[] = [
  ...['/api/../admin', '/api/./x', '/api/..', '/api/%2e%2e/admin', '/api/%2E./x', '/api/.%2e/x', '/..'].map(target),
  ...['/api/..%2fadmin', '/api/%2e%2e%2fadmin', '/api%2F..%2Fadmin', '/api/..%5cadmin', '/api/%5c../x'].map(target),
  ...['/api/..;/admin', '/api/..;a=b/admin', '/api/.;/x', '/api/..%3b/admin', '/api/%2e%2e;/admin'].map(target),
  ...['/api/%252e%252e/', '/api/%25252e/', '/api/%252fadmin', '/api/%255cadmin', '/api/%2500'].map(target),
  ...['//admin', '//evil.com/x', '/api//admin', '///evil.com', '/api/;/admin', '/%2f/admin'].map(target),
  ...['/\\evil.com', '/api\\..\\admin', '\\admin', '/api/%5Cadmin'].map(target),
  ...['/api%00', '/api%00.html', '/api%0d%0aX:1', '/api%0aX:1', '/api%09', '/api%7f', '/%1b[31m'].map(target),
  ...['/api#/../admin', '/api?x#y', '/#', '/caf\xe9', '/api?x=\xe9', '/\xef\xbc\x8f', '/\xc0\xaf'].map(target),
  ...['/%c0%af', '/%c0%ae%c0%ae/admin', '/%e0%80%af', '/%f0%80%80%af', '/%', '/a%2', '/a%zz', '/%u002e'].map(target),
  ...['/a b', '/a\tb', '/a\x01b', '*', '*/x', 'admin', 'a:443', '?x', './x'].map(target),
  ['OPTIONS */x', `OPTIONS */x HTTP/1.1\r\n${host}\r\n`, 400],
  ['a query of 20 KB', get(`/?${'x'.repeat(20_000)}`), 431],
  ['a path of 100 KB', get(`/${'x'.repeat(100_000)}`), 431],
]
