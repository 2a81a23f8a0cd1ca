import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { ArmStart } from '@banyan/toolkit/data-sync'

/** What stands for each placeholder. */
export interface Placeholders {
  /** The URL of the arm's copy. */
  readonly database: string
  readonly port: string
  /** Where the application's own pages find the capability's API. */
  readonly api: string
  readonly legacy: string
  readonly service: string
}

/** An arm as it is started, with nothing left to fill in. */
export interface ArmCommand {
  readonly command: string | readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly folder: string | undefined
  readonly health: string
}

/** The variables of whoever starts the arm, and the originals, which no arm of a twin may ever see. */
export interface ArmSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** URLs of original databases, each with the copy that stands for it. */
  readonly instead: ReadonlyMap<string, string>
}

/**
 * Throws `twin-without-database`, `twin-without-port`, where no placeholder says where the arm's data are, or where it is asked: it would write to the original.
 */
export function assertFillable(arm: 'legacy' | 'service', { command, env = {} }: ArmStart): void {
  const texts = [...(typeof command === 'string' ? [command] : command), ...Object.values(env)]
  for (const name of ['database', 'port'] as const) {
    if (!texts.some((text) => text.includes(`{${name}}`))) throw without(arm, name)
  }
}

/**
 * Fills the placeholders of an arm's command and environment. Variables that hold the URL of an original hold that of its copy instead. To be called of
 * what `assertFillable` let pass.
 */
export function fillArm(
  start: ArmStart,
  { placeholders, surroundings }: { readonly placeholders: Placeholders; readonly surroundings: ArmSurroundings },
): ArmCommand {
  const { command, env = {}, folder, health = '/' } = start
  const fill = (text: string) =>
    text.replace(/\{(database|port|api|legacy|service)\}/g, (_, name: keyof Placeholders) => placeholders[name])
  return {
    command: typeof command === 'string' ? fill(command) : command.map(fill),
    env: { ...replaced(surroundings), ...mapped(env, fill) },
    folder,
    health,
  }
}

function replaced({ env, instead }: ArmSurroundings): Record<string, string> {
  const present = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const copies = new Map([...instead].map(([original, copy]) => [placeOf(original), copy]))
  return Object.fromEntries(present.map(([name, value]) => [name, copyFor(name, value, copies)]))
}

/** `PGDATABASE` names a database where a URL names none (https://www.postgresql.org/docs/current/libpq-envars.html). */
function copyFor(name: string, value: string, copies: ReadonlyMap<string, string>): string {
  const copy = copies.get(placeOf(value))
  if (copy !== undefined || name !== 'PGDATABASE') return copy ?? value
  const [, found] = [...copies].find(([place]) => place.endsWith(`/${value}`)) ?? []
  return found !== undefined && URL.canParse(found) ? decodeURIComponent(new URL(found).pathname.slice(1)) : value
}

/** The same for every way to write the address of one database: with another scheme, user or option. */
function placeOf(url: string): string {
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) return url.replace(/^sqlite:(\/\/(?=\/))?/i, '')
  const { hostname, port, pathname } = new URL(url)
  return `postgres://${hostname === '127.0.0.1' ? 'localhost' : hostname}:${port || '5432'}${pathname}`
}

function mapped(env: Readonly<Record<string, string>>, fill: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]))
}

function without(arm: 'legacy' | 'service', name: 'database' | 'port'): Fault {
  return new Fault(`twin-without-${name}`, `nothing says where the ${arm} arm is given its ${name}`, {
    hint: `write {${name}} into its command or its environment, such as --${arm}-command 'DATABASE_URL={database} PORT={port} node app.js'`,
    exitCode: exitCodes.usage,
  })
}
