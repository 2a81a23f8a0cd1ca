import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  buildVaultSealer,
  createVault,
  keepNewest,
  type RecordingHeader,
  type RecordingSink,
  readOrMakeVaultKey,
  type VaultFile,
  type VaultSealer,
  writeRecording,
} from '@banyan/toolkit/traffic'
import type { StandingFiles } from './recording-messages.ts'

/** Where the lines of a standing recording go. */
export interface StandingSink {
  /** False when there is no room, or nothing can be written any more. */
  offer(line: Buffer, revealed: ReadonlyMap<string, string>): boolean
  /** Resolves when all is stored that was taken. */
  close(dropped: number): Promise<void>
}

interface Opened {
  readonly sink: RecordingSink
  readonly vault: { readonly file: VaultFile; readonly sealer: VaultSealer } | undefined
}

/** What waits while the files are being opened. */
const maxWaiting = 1000

/**
 * Opens the files of a standing recording, `2026-11-21T10-00-00.000Z.ndjson.gz` in its folder, and keeps no more there than is
 * wanted. What goes wrong is told to `failed`, once; then nothing is taken any more.
 */
export function openStandingFiles(
  files: StandingFiles,
  header: RecordingHeader,
  failed: (thrown: unknown) => void,
): StandingSink {
  let opened: Opened | undefined
  let broken = false
  const waiting: [Buffer, ReadonlyMap<string, string>][] = []
  const fail = (thrown: unknown) => {
    if (!broken) failed(thrown)
    broken = true
    waiting.length = 0
  }
  const give = (to: Opened, line: Buffer, revealed: ReadonlyMap<string, string>) => {
    if (to.vault !== undefined) seal(to.vault, revealed).catch(fail)
    return to.sink.offerLine(line)
  }
  const opening = openFiles(files, header, fail)
    .then((done) => {
      opened = done
      for (const [line, revealed] of waiting.splice(0)) give(done, line, revealed)
    })
    .catch(fail)
  return {
    offer: (line, revealed) => {
      if (broken) return false
      if (opened !== undefined) return give(opened, line, revealed)
      if (waiting.length >= maxWaiting) return false
      waiting.push([line, new Map(revealed)])
      return true
    },
    close: async (dropped) => {
      await opening
      await opened?.vault?.file.close().catch(fail)
      await opened?.sink.close(dropped).catch(fail)
    },
  }
}

async function openFiles(
  files: StandingFiles,
  header: RecordingHeader,
  onFault: (thrown: unknown) => void,
): Promise<Opened> {
  const { folder, partBytes, keepBytes, vaultKeyFile } = files
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stem = join(folder, header.startedAt.replaceAll(':', '-'))
  await keepNewest(folder, keepBytes - partBytes)
  const sink = await writeRecording(`${stem}.ndjson.gz`, header, {
    partBytes,
    onFault,
    onPart: async (part) => void (await keepNewest(folder, keepBytes - partBytes, part)),
  })
  if (vaultKeyFile === undefined) return { sink, vault: undefined }
  const sealer = buildVaultSealer(await readOrMakeVaultKey(vaultKeyFile))
  const file = await createVault(`${stem}.vault`)
  await file.append(sealer.header)
  return { sink, vault: { file, sealer } }
}

async function seal(
  { file, sealer }: NonNullable<Opened['vault']>,
  revealed: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [token, value] of revealed) sealer.note(token, value)
  const line = sealer.take()
  if (line !== undefined) await file.append(line)
}
