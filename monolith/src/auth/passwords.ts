import { createHash, timingSafeEqual } from 'node:crypto'

/** The hash that the shop has always used: hex of SHA-1 over salt and password. Kept for the log-ins of 2011. */
export function hashPassword(password: string, salt: string): string {
  return createHash('sha1')
    .update(salt + password)
    .digest('hex')
}

/** Whether a password is the one that was hashed. */
export function passwordMatches(password: string, stored: { readonly hash: string; readonly salt: string }): boolean {
  const given = Buffer.from(hashPassword(password, stored.salt))
  const known = Buffer.from(stored.hash)
  return given.length === known.length && timingSafeEqual(given, known)
}
