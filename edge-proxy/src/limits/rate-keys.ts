import { createHash } from 'node:crypto'
import type { RateKey, RateRule } from '@banyan/toolkit/routing'
import type { EdgeRequest } from '../request/edge-request.ts'
import { addressKey } from './address-key.ts'

/** A longer value is kept as its hash: a client chooses how long it is. */
const maxValueLength = 64

/** Whose requests this one is counted with. A request that does not say it counts for its address. */
export function rateKeyOf(key: RateKey, request: EdgeRequest): string {
  switch (key.kind) {
    case 'address':
      return addressOf(request)
    case 'subject':
      return request.identity.subject === undefined ? addressOf(request) : `s ${bounded(request.identity.subject)}`
    case 'header': {
      const value = request.header(key.name)
      return value === undefined || value === '' ? addressOf(request) : `h ${bounded(value)}`
    }
  }
}

/**
 * The header that clients are told apart by and that stands more than once in a request, undefined where none does: an upstream may read
 * one of its values, and whoever adds others to it would be somebody new with each request.
 */
export function repeatedKey(rules: readonly RateRule[], { raw: { rawHeaders } }: EdgeRequest): string | undefined {
  for (const { by } of rules) {
    if (by.kind !== 'header') continue
    const names = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === by.name)
    if (names.length > 1) return by.name
  }
  return undefined
}

function addressOf({ client }: EdgeRequest): string {
  return `a ${addressKey(client.address)}`
}

function bounded(value: string): string {
  return value.length <= maxValueLength ? value : createHash('sha256').update(value).digest('base64url')
}
