import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { exitCodes, Fault, messageOf } from '../base/index.ts'

/** Answers whether a key is known; it keeps only digests, so that neither memory nor timing gives keys away. */
export type KnowsKey = (key: string) => boolean

/**
 * The keys of a file with one `key name` per line; blank lines and lines that begin with # are left out.
 * `variable` is the one that named the file. Throws `api-keys-unreadable` or `api-keys-empty` (exit 4).
 */
export async function readApiKeys(file: string, variable: string): Promise<KnowsKey> {
  const keys = parseApiKeys(await readKeysFile(file, variable))
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

async function readKeysFile(file: string, variable: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Fault('api-keys-unreadable', `cannot read the API keys: ${messageOf(error)}`, {
      hint: `set ${variable} to a file with one "key name" per line`,
      exitCode: exitCodes.invalidConfig,
      cause: error,
    })
  }
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64')
}

/** Refuses every request of this part of an app that does not bring a known `X-Api-Key`, with the fault `api-key-unknown`. */
export function requireApiKey(app: FastifyInstance, knowsKey: KnowsKey): void {
  app.addHook('onRequest', async (request) => {
    const key = request.headers['x-api-key']
    if (typeof key === 'string' && knowsKey(key)) return
    throw new Fault('api-key-unknown', 'the X-Api-Key header is missing or unknown')
  })
}
