import { createReadStream } from 'node:fs'
import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import { readLines } from '../recording/lines.ts'
import { buildUnseal, type Unseal } from './seal.ts'
import { readVaultKey } from './vault-key.ts'

/** No more values than this are held; a recording has one for each session and each secret, not for each exchange. */
const maxValues = 1_000_000
const maxLineBytes = 16 * 1024 * 1024

/** The values behind a recording's tokens. */
export interface Vault {
  /** The value that a token stands for: what a replay sends to log in again. Undefined for a token of another recording. */
  reveal(token: string): string | undefined
  readonly values: number
  /** Lines that are damaged, a cut last one among them, and values beyond the first million. */
  readonly left: { readonly lines: number; readonly values: number }
}

/**
 * Opens the vault beside a recording with its key, into memory. Throws `vault-unreadable` for a file that is missing or no
 * vault (exit 4), `vault-key-other` for a key that is not its own, and what `readVaultKey` throws (exit 6).
 *
 * @example
 * const vault = await openVault('traffic.vault', 'traffic.vault.key')
 * vault.reveal('~tok_0123456789ab') // 'SHOPSESSID value'
 */
export async function openVault(file: string, keyFile: string): Promise<Vault> {
  const key = await readVaultKey(keyFile)
  const values = new Map<string, string>()
  const left = { lines: 0, values: 0 }
  let unseal: Unseal | undefined
  for await (const { text = '' } of linesOf(file)) {
    // A vault that several edges filled has a header for each of them.
    if (unseal === undefined || text.startsWith('{')) {
      unseal = requireOpen(buildUnseal(text, key), file, keyFile)
      continue
    }
    const revealed = unseal(text)
    if (revealed === undefined) left.lines += 1
    for (const [token, value] of revealed ?? []) {
      if (values.size < maxValues) values.set(token, value)
      else left.values += 1
    }
  }
  if (unseal === undefined) throw unreadable(file, 'it is empty')
  return { reveal: (token) => values.get(token), values: values.size, left }
}

async function* linesOf(file: string) {
  try {
    yield* readLines(createReadStream(file), maxLineBytes)
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : unreadable(file, messageOf(thrown), thrown)
  }
}

function requireOpen(unseal: ReturnType<typeof buildUnseal>, file: string, keyFile: string): Unseal {
  if (unseal === 'no-vault') throw unreadable(file, 'its first line is not the header of a vault')
  if (unseal !== 'other-key') return unseal
  throw new Fault('vault-key-other', `the vault ${file} was sealed with another key than ${keyFile}`, {
    exitCode: exitCodes.refused,
  })
}

function unreadable(file: string, why: string, cause?: unknown): Fault {
  return new Fault('vault-unreadable', `cannot read the vault ${file}: ${why}`, {
    exitCode: exitCodes.invalidConfig,
    cause,
  })
}
