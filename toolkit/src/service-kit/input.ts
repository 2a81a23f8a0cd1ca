import { z } from 'zod'

/** A text that a client sends and every database can hold: PostgreSQL has no U+0000 in its texts. */
export const textInput = z
  .string()
  .refine((text) => !text.includes('\0'), { error: 'must not contain the character U+0000', abort: true })

/** The largest key that an INTEGER column holds. */
export const largestKey = 2_147_483_647

/**
 * A whole number from `min` to `max` in a path or query: decimal digits without a leading zero, and nothing else that
 * JavaScript would take for a number (`1e1`, `0x1`, ` 1`, the empty text).
 *
 * @example
 * const path = z.object({ id: wholeNumber(1, largestKey) })
 */
export function wholeNumber(min: number, max: number) {
  return z.preprocess(decimal, z.int('must be a whole number in decimal digits').min(min).max(max))
}

function decimal(given: unknown): unknown {
  return typeof given === 'string' && /^(0|[1-9]\d*)$/.test(given) ? Number(given) : given
}
