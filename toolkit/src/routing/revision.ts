import { createHash } from 'node:crypto'

/** The revision of a route table: the first 12 hex digits of the SHA-256 of its text as UTF-8. */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 12)
}
