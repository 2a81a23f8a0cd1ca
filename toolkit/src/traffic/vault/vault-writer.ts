import { type FileHandle, open } from 'node:fs/promises'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import { buildSealer, type Revealed } from './seal.ts'

/** Tokens sealed so far are remembered up to here; past it some are sealed twice, which costs room and nothing else. */
const maxRemembered = 200_000

/** Seals each value once, as it comes. */
export interface VaultSealer {
  /** The first line of a vault, without a line break. */
  readonly header: string
  /** As a redactor's `onToken` tells it. */
  note(token: string, value: string): void
  /** A line with what was noted since the last one; undefined when that was nothing new. */
  take(): string | undefined
}

/** Builds a sealer for one vault, or for one of the stretches of a vault that several edges fill. */
export function buildVaultSealer(key: Buffer): VaultSealer {
  const { header, seal } = buildSealer(key)
  const sealed = new Set<string>()
  let noted: Revealed[] = []
  return {
    header,
    note: (token, value) => {
      if (sealed.has(token)) return
      if (sealed.size >= maxRemembered) sealed.clear()
      sealed.add(token)
      noted.push([token, value])
    },
    take: () => {
      if (noted.length === 0) return undefined
      const line = seal(noted)
      noted = []
      return line
    },
  }
}

/** A vault that is being written. */
export interface VaultFile {
  /** Appends a header or a sealed line; resolves when it is in the file. */
  append(line: string): Promise<void>
  close(): Promise<void>
}

/**
 * Creates a vault that only its owner may read (0600). Throws `vault-exists` (exit 6), unless it is to be replaced, and
 * `vault-unwritable`, also later.
 */
export async function createVault(path: string, { overwrite = false } = {}): Promise<VaultFile> {
  const file = await create(path, overwrite)
  let last: Promise<void> = Promise.resolve()
  return {
    append: (line) => {
      last = last.then(() => file.appendFile(`${line}\n`)).catch((thrown) => Promise.reject(unwritable(path, thrown)))
      return last
    },
    close: async () => {
      await last.catch(() => undefined)
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    },
  }
}

async function create(path: string, overwrite: boolean): Promise<FileHandle> {
  try {
    const file = await open(path, overwrite ? 'w' : 'wx', 0o600)
    await file.chmod(0o600)
    return file
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EEXIST') throw unwritable(path, thrown)
    throw new Fault('vault-exists', `${path} exists already`, {
      hint: 'choose another file, or replace it: --force',
      exitCode: exitCodes.refused,
    })
  }
}

function unwritable(path: string, thrown: unknown): Fault {
  return new Fault('vault-unwritable', `cannot write the vault ${path}: ${messageOf(thrown)}`, { cause: thrown })
}
