import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Shell } from '../shell.ts'

/** What is to be confirmed. */
export interface Confirmation {
  /** The capability, which is typed. */
  readonly name: string
  /** What was given on the command line. */
  readonly given: string | undefined
  /** What will happen, for people. */
  readonly what: string
}

/**
 * Asks for the capability's name, typed: on a terminal, unless `--confirm` has given it. Throws `confirmation-missing` where nobody can be asked,
 * and `confirmation-differs` where something else was given (both exit 6).
 */
export async function confirm(
  { name, given, what }: Confirmation,
  { ask, say }: Pick<Shell, 'ask' | 'say'>,
): Promise<void> {
  if (given === undefined) say(what)
  const typed = given ?? (await ask(`type the capability's name to go on: `))
  if (typed === undefined)
    throw new Fault('confirmation-missing', 'nobody is there to be asked', {
      hint: `confirm it: --confirm=${name}`,
      exitCode: exitCodes.refused,
    })
  if (typed.trim() === name) return
  throw new Fault('confirmation-differs', `"${typed.trim()}" is not "${name}": nothing was done`, {
    hint: `--confirm=${name}`,
    exitCode: exitCodes.refused,
  })
}
