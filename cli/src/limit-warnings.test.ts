import type { LimitsStatus } from '@banyan/edge-proxy/admin-api'
import { expect, test } from 'vitest'
import { limitWarnings } from './limit-warnings.ts'

const calm: LimitsStatus = {
  ...{ connections: 10, maxConnections: 100, inFlight: 1, maxInFlight: 10, lagMs: 1, maxLagMs: 500 },
  ...{ memoryBytes: 1, maxMemoryBytes: 2, rateKeys: 0, pressure: 'calm', why: undefined, shedPercent: 0 },
}

test('an edge is named that sheds requests or is near to a limit, and no other', () => {
  expect(limitWarnings('http://a', undefined)).toEqual([])
  expect(limitWarnings('http://a', calm)).toEqual([])
  expect(limitWarnings('http://a', { ...calm, pressure: 'strained', why: 'utilization' })).toEqual([])
  const overloaded: LimitsStatus = {
    ...calm,
    pressure: 'overloaded',
    why: 'lag',
    shedPercent: 50,
    connections: 90,
    inFlight: 10,
  } as const
  expect(limitWarnings('http://a', overloaded)).toEqual([
    'http://a is overloaded (lag): 50% of new requests are answered 503',
    'http://a has 90 of 100 connections',
    'http://a serves 10 of 10 requests at one time',
  ])
})
