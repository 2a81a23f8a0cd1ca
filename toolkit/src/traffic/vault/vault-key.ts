import { randomBytes } from 'node:crypto'
import { open, readFile, stat, writeFile } from 'node:fs/promises'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'

const prefix = 'banyan-vault-key-1 '

/**
 * Reads the 32 bytes behind a vault. Throws `vault-key-missing`, `vault-key-invalid`, and `vault-key-exposed` for a file that
 * others than its owner may read (exit 6).
 */
export async function readVaultKey(keyFile: string): Promise<Buffer> {
  const text = await readFile(keyFile, 'utf8').catch((thrown: unknown) => {
    throw refused('vault-key-missing', `cannot read the vault's key ${keyFile}: ${messageOf(thrown)}`, {
      hint: "--vault-key FILE; a standing recording's is vault-key in the edge's state folder. Without it nobody reads the vault",
      cause: thrown,
    })
  })
  await requirePrivate(keyFile)
  const key = Buffer.from(text.startsWith(prefix) ? text.slice(prefix.length).trim() : '', 'base64url')
  if (key.length === 32) return key
  throw refused('vault-key-invalid', `${keyFile} is no key of a vault`, {
    hint: 'it is the file that --vault-key made',
  })
}

/** Reads a vault's key, or makes one in a new file that only its owner may read (0600). Throws as `readVaultKey` does. */
export async function readOrMakeVaultKey(keyFile: string): Promise<Buffer> {
  const key = randomBytes(32)
  try {
    await writeFile(keyFile, `${prefix}${key.toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'EEXIST') return readVaultKey(keyFile)
    throw refused('vault-key-unwritable', `cannot make the vault's key ${keyFile}: ${messageOf(thrown)}`, {
      cause: thrown,
    })
  }
  await syncFile(keyFile)
  return key
}

/** A key that is lost takes every value with it, so it reaches the disk before the first of them does. */
async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function requirePrivate(keyFile: string): Promise<void> {
  const { mode } = await stat(keyFile)
  if ((mode & 0o077) === 0 || process.platform === 'win32') return
  throw refused('vault-key-exposed', `others may read the vault's key ${keyFile}`, { hint: `chmod 600 ${keyFile}` })
}

function refused(code: string, message: string, details: { readonly hint?: string; readonly cause?: unknown }): Fault {
  return new Fault(code, message, { exitCode: exitCodes.refused, ...details })
}
