import { buildVaultSealer, createVault, readOrMakeVaultKey } from '@banyan/toolkit/traffic'
import type { VaultFiles } from './vault-files.ts'

/** A vault that is filled while exchanges are redacted here. */
export interface FilledVault {
  /** As a redactor's `onToken` tells it. */
  note(token: string, value: string): void
  /** Seals and writes what was noted since the last time. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Creates a vault and, when it is not there, its key. Throws what `createVault` and `readOrMakeVaultKey` throw.
 */
export async function openFilledVault(
  { file, keyFile }: VaultFiles,
  { overwrite }: { readonly overwrite: boolean },
): Promise<FilledVault> {
  const sealer = buildVaultSealer(await readOrMakeVaultKey(keyFile))
  const vault = await createVault(file, { overwrite })
  await vault.append(sealer.header)
  return {
    note: sealer.note,
    flush: async () => {
      const line = sealer.take()
      if (line !== undefined) await vault.append(line)
    },
    close: () => vault.close(),
  }
}
