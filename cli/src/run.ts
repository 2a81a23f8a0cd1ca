import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { CommanderError } from 'commander'
import { nearAll } from './near.ts'
import { buildProgram } from './program.ts'
import type { Shell } from './shell.ts'
import { wrap } from './wrap.ts'

/** Runs one `banyan` command to its end; returns the exit code of what went wrong, or undefined when nothing did. */
export async function run(args: readonly string[], shell: Shell, version: string): Promise<number | undefined> {
  try {
    await (await buildProgram(args, shell, version)).parseAsync(args, { from: 'user' })
    return undefined
  } catch (thrown) {
    return tell(thrown, shell)
  }
}

function tell(thrown: unknown, shell: Shell): number {
  // Commander has said what is wrong; help and version are no mistakes.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (shell.signal.aborted) return exitCodes.interrupted
  sayWrapped(`banyan: ${messageOf(thrown)}`, shell)
  if (thrown instanceof Fault && thrown.hint !== undefined) shell.say(nearAll(`  ${thrown.hint}`, shell.cwd))
  if ((shell.env.BANYAN_DEBUG ?? '') !== '') shell.say(stackOf(thrown))
  else if (!(thrown instanceof Fault)) shell.say('  this was not expected. BANYAN_DEBUG=1 shows where it happened.')
  return thrown instanceof Fault ? thrown.exitCode : exitCodes.unexpected
}

/** Wrapped on a terminal only: in a pipe a problem is a line. A hint holds a command to copy, and stays whole. */
function sayWrapped(text: string, { say, cwd, messageColumns }: Shell): void {
  const called = nearAll(text, cwd)
  say(messageColumns === undefined ? called : wrap(called, messageColumns))
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${stackOf(thrown.cause)}`
  return `${thrown.stack ?? thrown.message}${cause}`
}
