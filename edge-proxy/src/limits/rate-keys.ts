import { createHash } from 'node:crypto'
import type { RateKey } from '@banyan/toolkit/routing'
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

function addressOf({ client }: EdgeRequest): string {
  return `a ${addressKey(client.address)}`
}

function bounded(value: string): string {
  return value.length <= maxValueLength ? value : createHash('sha256').update(value).digest('base64url')
}
