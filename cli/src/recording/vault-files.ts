import { resolve } from 'node:path'
import { exitCodes, Fault } from '@banyan/toolkit/base'

/** What the vault's key is, as every verb that takes one says it. */
export const vaultKeyHelp = 'the key of the vault (default: the vault with .key)'

/** A vault and its key, both absolute. */
export interface VaultFiles {
  readonly file: string
  readonly keyFile: string
}

/**
 * The vault that `--vault` names, and its key: what `--vault-key` names, else the vault with `.key`. Undefined without a
 * vault. Throws `vault-missing` for a key alone (exit 64).
 */
export function vaultFilesOf(
  { vault, vaultKey }: { readonly vault?: string; readonly vaultKey?: string },
  cwd: string,
): VaultFiles | undefined {
  if (vault !== undefined) {
    const file = resolve(cwd, vault)
    return { file, keyFile: vaultKey === undefined ? `${file}.key` : resolve(cwd, vaultKey) }
  }
  if (vaultKey === undefined) return undefined
  throw new Fault('vault-missing', '--vault-key is the key of a vault, and none is given', {
    hint: '--vault FILE',
    exitCode: exitCodes.usage,
  })
}
