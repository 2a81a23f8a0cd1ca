import { randomBytes, randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(32 * 1024)
let used = pool.length

/** `bytes` random bytes as lower-case hex, taken from a pool: a system call per request costs more than the request. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

const processPart = randomBytes(9).toString('base64url').replaceAll('-', 'a').replaceAll('_', 'b')
let requests = 0

/** A request id that no other request of any edge has: 12 random characters of this process and a count. */
export function newRequestId(): string {
  requests += 1
  return `${processPart}-${requests.toString(36)}`
}

/** Whether an `x-request-id` from outside may be passed on: 8 to 128 characters that need no quoting anywhere. */
export function isRequestId(value: string | undefined): value is string {
  return value !== undefined && /^[A-Za-z0-9._~+/=-]{8,128}$/.test(value)
}

/** This process's name in `Via` (RFC 9110, section 7.6.3), by which a request that comes back is recognised. */
export const viaName = `banyan-${randomHex(4)}`
