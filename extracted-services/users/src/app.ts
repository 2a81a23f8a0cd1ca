import type { Clock } from '@banyan/toolkit/base'
import type { Ownership } from '@banyan/toolkit/service-database'
import type { KnowsKey } from '@banyan/toolkit/service-kit'
import {
  type LogLevel,
  logOptions,
  registerAccessLog,
  registerHealth,
  registerProblems,
  registerTracing,
  requestId,
  stdoutForLogs,
} from '@banyan/toolkit/service-kit'
import fastify, { type FastifyInstance, LogController } from 'fastify'
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
  const app = fastify({
    logger: { ...logOptions('users', deps.logLevel), stream: stdoutForLogs() },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: requestId,
    bodyLimit: 1_048_576,
    forceCloseConnections: 'idle',
  })
  // Requests are checked by the zod schemas; what Fastify is given is their JSON form, for the document alone.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  registerTracing(app)
  registerAccessLog(app)
  registerProblems(app, faultStatuses)
  registerHealth(app, { checks: { database: () => deps.db.raw('select 1') } })
  await registerDocumentation(app)
  const users = buildUsers(deps)
  await app.register(async (scope) => registerCleanApi(scope, users, deps.knowsKey))
  await app.register(async (scope) => registerLegacyApi(scope, deps), { prefix: '/api' })
  return app
}
