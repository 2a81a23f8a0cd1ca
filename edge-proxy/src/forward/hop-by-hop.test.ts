import { expect, test } from 'vitest'
import { isEdgeOwned, isFramingTwin } from './edge-owned.ts'
import { connectionNames, isHopByHop } from './hop-by-hop.ts'

test('what Connection names stays on the connection, except what a message cannot do without', () => {
  const named = connectionNames('close, X-Mine , Host, Cookie,Content-Length,Transfer-Encoding')
  expect(named.has('x-mine')).toBe(true)
  for (const name of ['host', 'cookie', 'content-length']) expect(named.has(name)).toBe(false)
  expect(isHopByHop('transfer-encoding')).toBe(true)
  expect(connectionNames('keep-alive').size).toBe(0)
})

test('headers that only the edge may set are known in every spelling, and their neighbours are left alone', () => {
  for (const name of [
    'x-forwarded-for',
    'x_forwarded_for',
    'x-user-id',
    'x_user-id',
    'x-banyan-shadow',
    'forwarded',
    'x-original-url',
    'remote_user',
  ]) {
    expect(isEdgeOwned(name)).toBe(true)
  }
  for (const name of [
    'user-agent',
    'x-userland',
    'x-request',
    'authorization',
    'x_custom',
    '__proto__',
    'constructor',
  ]) {
    expect(isEdgeOwned(name)).toBe(false)
  }
  expect([isFramingTwin('transfer_encoding'), isFramingTwin('content_length'), isFramingTwin('x_y')]).toEqual([
    true,
    true,
    false,
  ])
})
