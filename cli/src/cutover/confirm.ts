import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Shell } from '../shell.ts'

/**
 * Asks for the capability's name, typed: on a terminal, unless `--confirm` has given it. Throws `confirmation-missing` where nobody can be asked,
 * and `confirmation-differs` where something else was given (both exit 6).
 */
export async function confirm(name: string, given: string | undefined, { ask, say }: Shell): Promise<void> {
  if (given === undefined)
    say(`this moves who may write the data of ${name}. It can be moved back, with all that is written meanwhile.`)
  const typed = given ?? (await ask(`type the capability's name to go on: `))
  if (typed === undefined)
    throw new Fault('confirmation-missing', 'nobody is there to be asked', {
      hint: `confirm it: --confirm=${name}. Or look first: --dry-run`,
      exitCode: exitCodes.refused,
    })
  if (typed.trim() === name) return
  throw new Fault('confirmation-differs', `"${typed.trim()}" is not "${name}": nothing was done`, {
    hint: `--confirm=${name}`,
    exitCode: exitCodes.refused,
  })
}
