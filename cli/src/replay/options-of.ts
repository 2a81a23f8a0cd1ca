import { resolve } from 'node:path'
import { durationMs, exitCodes, Fault } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import { openVault, type ReplayOptions, type ReplayWrites } from '@banyan/toolkit/traffic'
import { readHeaders } from '../read-headers.ts'
import { type VaultFiles, vaultFilesOf } from '../recording/vault-files.ts'
import type { Shell } from '../shell.ts'
import type { ReplayFlags } from './flags.ts'
import { concurrencyOf, paceOf, shareOf } from './values.ts'

/** What the flags alone say: without the recording and without the route table. */
export type FlagOptions = Omit<ReplayOptions, 'exchanges' | 'arms'>

/** What is drawn to be asked of legacy twice, unless something else is said. */
const usualTwice = '10%'

/** Reads the flags. Throws what is wrong with one of them (exit 64), and what opening the vault throws. */
export async function optionsOf(flags: ReplayFlags, shell: Shell): Promise<FlagOptions> {
  return {
    ...(await credentials(flags, shell)),
    writes: writesOf(flags.writes),
    noise: { share: shareOf('--ask-twice', flags.askTwice ?? usualTwice) },
    ...(flags.askAgain === undefined ? {} : { lagPassed: lag(durationMs(flags.askAgain), shell) }),
    ...(flags.maxMismatch === undefined ? {} : { maxMismatchShare: shareOf('--max-mismatch', flags.maxMismatch) }),
    ...(flags.resume === undefined ? {} : { resume: resolve(shell.cwd, flags.resume) }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.concurrency === undefined ? {} : { concurrency: concurrencyOf(flags.concurrency) }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: durationMs(flags.timeout) }),
    ...(flags.pace === undefined ? {} : { pace: paceOf(flags.pace) }),
    clock: shell.clock,
    signal: shell.signal,
  }
}

async function credentials(flags: ReplayFlags, shell: Shell): Promise<Partial<FlagOptions>> {
  const read = async (file: string | undefined) =>
    file === undefined ? [] : await readHeaders(resolve(shell.cwd, file))
  const vault = vaultFilesOf(flags, shell.cwd)
  return {
    headers: await read(flags.headerFile),
    armHeaders: { legacy: await read(flags.legacyHeaderFile), service: await read(flags.serviceHeaderFile) },
    ...(vault === undefined ? {} : { reveal: await revealFrom(vault, shell) }),
  }
}

async function revealFrom({ file, keyFile }: VaultFiles, shell: Shell) {
  const vault = await openVault(file, keyFile)
  if (vault.left.lines > 0) shell.say(`! damaged and left out: ${countedText(vault.left.lines, 'line')} of the vault`)
  if (vault.left.values > 0)
    shell.say(`! left out, for a bound was reached: ${countedText(vault.left.values, 'value')} of the vault`)
  return vault.reveal
}

function writesOf(text: string): ReplayWrites {
  if (text === 'skip' || text === 'send' || text === 'twin') return text
  throw new Fault('writes-invalid', `"${text}" is not what can be done with writes`, {
    hint: '--writes skip, --writes send or --writes twin',
    exitCode: exitCodes.usage,
  })
}

/** Each mismatch waits for itself, for what was committed just before it must have passed, too. */
function lag(ms: number, { clock }: Shell): (signal: AbortSignal | undefined) => Promise<void> {
  return async (signal) => await clock.sleep(ms, signal)
}
