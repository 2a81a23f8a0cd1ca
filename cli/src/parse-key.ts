import { exitCodes, Fault, parseJson } from '@banyan/toolkit/base'
import type { AggregateKey } from '@banyan/toolkit/data-sync'

/**
 * The key of an aggregate as it is typed: `7` is a number, `a1b2` a text, `"007"` a text for sure, `[7,"a"]` a composite key.
 * Throws `key-invalid` (exit 64).
 */
export function parseKey(text: string): AggregateKey {
  if (/^-?(0|[1-9]\d*)$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
  if (!/^["[]/.test(text)) return text
  const parsed = parseJson(text)
  if (typeof parsed === 'string') return parsed
  if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((part) => typeof part !== 'object')) {
    return parsed.map((part) => (typeof part === 'number' ? part : String(part)))
  }
  throw new Fault('key-invalid', `${text} is not a key`, {
    hint: `such as 7, a1b2, '"007"' for a text of digits, or '[7,"a"]' for a composite key`,
    exitCode: exitCodes.usage,
  })
}

/** Gathers an option that may be given several times. */
export function collectKeys(text: string, before: readonly AggregateKey[] = []): readonly AggregateKey[] {
  return [...before, parseKey(text)]
}
