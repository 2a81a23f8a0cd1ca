import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Owner } from '@banyan/toolkit/service-database'
import { type Environment, oneOf, portFrom, required } from '@banyan/toolkit/service-kit'

/** How the service was told to run. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly apiKeysFile: string
  /** Who owns orders where no owner row says it. */
  readonly owner: Owner
  /** Where users are asked for, and what is still the monolith's. */
  readonly usersUrl: string
  readonly monolithUrl: string
}

/** The settings that the environment gives. Throws `variable-missing` or `variable-invalid` (exit 4) by name. */
export function readSettings(env: Environment): Settings {
  return {
    host: env.ORDERS_HOST || '127.0.0.1',
    port: portFrom(env, 'ORDERS_PORT', 4102),
    databaseUrl: required(env, 'ORDERS_DATABASE_URL', 'a SQLite path, or postgres://USER:PASSWORD@HOST/NAME'),
    apiKeysFile: required(env, 'ORDERS_API_KEYS_FILE', 'a file with one "key name" per line'),
    owner: oneOf(env, 'ORDERS_OWNER', { allowed: ['legacy', 'service'], fallback: 'legacy' }),
    usersUrl: originFrom(env, 'USERS_URL', 'http://127.0.0.1:4101'),
    monolithUrl: originFrom(env, 'MONOLITH_URL', 'http://127.0.0.1:4000'),
  }
}

function originFrom(env: Environment, variable: string, example: string): string {
  const text = required(env, variable, `an origin such as ${example}`)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin
  throw new Fault('variable-invalid', `${variable}="${text}" is not allowed`, {
    hint: `set it to an origin such as ${example}`,
    exitCode: exitCodes.invalidConfig,
  })
}
