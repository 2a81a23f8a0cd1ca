import { systemClock } from '@banyan/toolkit/base'
import { run } from '../../cli/src/run.ts'
import type { Shell } from '../../cli/src/shell.ts'

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a `banyan` command in a folder, inside this process. */
export async function banyan(cwd: string, args: readonly string[]): Promise<Ran> {
  const lines = { stdout: '', stderr: '' }
  let ended = 0
  const shell: Shell = {
    out: (text) => {
      lines.stdout += `${text}\n`
    },
    say: (text) => {
      lines.stderr += `${text}\n`
    },
    log: { write: () => undefined },
    env: {},
    cwd,
    clock: systemClock,
    enter: async () => {},
    ask: async () => undefined,
    signal: new AbortController().signal,
    who: 'ann@desk',
    columns: 80,
    messageColumns: undefined,
    colour: false,
    endWith: (exitCode) => {
      ended = exitCode
    },
  }
  const code = (await run(args, shell, '0.0.0')) ?? ended
  return { code, ...lines }
}
