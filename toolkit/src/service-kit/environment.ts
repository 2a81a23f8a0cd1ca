import { exitCodes, Fault } from '../base/index.ts'

/** Environment variables, as `process.env` gives them; handed in by `main.ts`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The port that a variable names; `fallback` when it is not set or empty. Throws `variable-invalid` (exit 4). */
export function portFrom(env: Environment, variable: string, fallback: number): number {
  const text = env[variable]
  if (text === undefined || text === '') return fallback
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw invalid(variable, text, 'a port between 0 and 65535')
}

/** The value of a variable that must be set. Throws `variable-missing` (exit 4) saying what it is for. */
export function required(env: Environment, variable: string, purpose: string): string {
  const text = env[variable]
  if (text !== undefined && text !== '') return text
  throw new Fault('variable-missing', `${variable} is not set`, { hint: purpose, exitCode: exitCodes.invalidConfig })
}

/** The value of a variable that allows only some words; `fallback` when not set. Throws `variable-invalid` (exit 4). */
export function oneOf<Word extends string>(
  env: Environment,
  variable: string,
  choice: { readonly allowed: readonly Word[]; readonly fallback: Word },
): Word {
  const text = env[variable]
  if (text === undefined || text === '') return choice.fallback
  const word = choice.allowed.find((allowed) => allowed === text)
  if (word !== undefined) return word
  throw invalid(variable, text, choice.allowed.join(' or '))
}

function invalid(variable: string, text: string, allowed: string): Fault {
  return new Fault('variable-invalid', `${variable}="${text}" is not allowed`, {
    hint: `set it to ${allowed}`,
    exitCode: exitCodes.invalidConfig,
  })
}
