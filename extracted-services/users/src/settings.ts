import type { Owner } from '@banyan/toolkit/service-database'
import { type Environment, oneOf, portFrom, required } from '@banyan/toolkit/service-kit'

/** How the service was told to run. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly apiKeysFile: string
  /** Who owns users where no owner row says it. */
  readonly owner: Owner
  readonly plantedBug: 'time-zone' | undefined
}

/** The settings that the environment gives. Throws `variable-missing` or `variable-invalid` (exit 4) by name. */
export function readSettings(env: Environment): Settings {
  const bug = oneOf(env, 'USERS_PLANT_BUG', { allowed: ['none', 'time-zone'], fallback: 'none' })
  return {
    host: env.USERS_HOST || '127.0.0.1',
    port: portFrom(env, 'USERS_PORT', 4101),
    databaseUrl: required(env, 'USERS_DATABASE_URL', 'a SQLite path, or postgres://USER:PASSWORD@HOST/NAME'),
    apiKeysFile: required(env, 'USERS_API_KEYS_FILE', 'a file with one "key name" per line'),
    owner: oneOf(env, 'USERS_OWNER', { allowed: ['legacy', 'service'], fallback: 'legacy' }),
    plantedBug: bug === 'none' ? undefined : bug,
  }
}
