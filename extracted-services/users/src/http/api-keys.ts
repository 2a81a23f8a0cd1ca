import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'

/** Answers whether a key is known; it keeps only digests, so that neither memory nor timing gives keys away. */
export type KnowsKey = (key: string) => boolean

/**
 * The keys of a file with one `key name` per line; blank lines and lines that begin with # are left out.
 * Throws `api-keys-unreadable` or `api-keys-empty` (exit 4).
 */
export async function readApiKeys(file: string): Promise<KnowsKey> {
  const keys = parseApiKeys(await readKeysFile(file))
  if (keys.length > 0) return knowsKey(keys)
  throw new Fault('api-keys-empty', `${file} holds no API key`, {
    hint: 'write one "key name" per line',
    exitCode: exitCodes.invalidConfig,
  })
}

/** The keys of a text with one `key name` per line. */
function parseApiKeys(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/, 1)[0] ?? line)
}

/** Knows exactly these keys. */
export function knowsKey(keys: readonly string[]): KnowsKey {
  const digests = new Set(keys.map(digest))
  return (key) => digests.has(digest(key))
}

async function readKeysFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Fault('api-keys-unreadable', `cannot read the API keys: ${messageOf(error)}`, {
      hint: 'set USERS_API_KEYS_FILE to a file with one "key name" per line',
      exitCode: exitCodes.invalidConfig,
      cause: error,
    })
  }
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64')
}
