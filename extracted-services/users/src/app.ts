import type { Clock } from '@banyan/toolkit/base'
import type { Ownership } from '@banyan/toolkit/service-database'
import { buildServiceApp, type KnowsKey, type LogLevel } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Knex } from 'knex'
import { registerLegacyApi } from './anti-corruption/legacy-api.ts'
import type { ScryptCost } from './domain/password.ts'
import { faultStatuses, registerCleanApi } from './http/clean-api.ts'
import { registerDocumentation } from './http/documentation.ts'
import { buildUsers } from './users.ts'

/** What the users service stands on. */
export interface AppDeps {
  /** Migrated already; the app does not close it. */
  readonly db: Knex
  readonly ownership: Ownership<Knex>
  readonly knowsKey: KnowsKey
  readonly clock: Clock
  /** Default `info`. */
  readonly logLevel?: LogLevel
  /** Default: see `defaultCost`. */
  readonly cost?: ScryptCost
  /** `time-zone` makes the legacy-speaking API convert `createdAt` twice: see the README. */
  readonly plantedBug?: 'time-zone' | undefined
}

/** The users service: the clean API, the legacy endpoints spoken through the translator, health and documentation. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { db, logLevel } = deps
  const checks = { database: () => db.raw('select 1') }
  const app = buildServiceApp({ service: 'users', faultStatuses, checks, logLevel })
  await registerDocumentation(app)
  const users = buildUsers(deps)
  await app.register(async (scope) => registerCleanApi(scope, users, deps.knowsKey))
  await app.register(async (scope) => registerLegacyApi(scope, deps), { prefix: '/api' })
  return app
}
