import {
  type KnowsKey,
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
import { registerLegacyApi } from './anti-corruption/legacy-api.ts'
import { faultStatuses, registerCleanApi } from './http/clean-api.ts'
import { registerDocumentation } from './http/documentation.ts'
import { buildOrders, type OrdersDeps } from './orders.ts'

/** What the orders service stands on; the app closes none of it. */
export interface AppDeps extends OrdersDeps {
  readonly knowsKey: KnowsKey
  /** Default `info`. */
  readonly logLevel?: LogLevel
}

/** The orders service: the clean API, the legacy endpoints spoken through the translator, health and documentation. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: { ...logOptions('orders', deps.logLevel), stream: stdoutForLogs() },
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
  const orders = buildOrders(deps)
  await app.register(async (scope) => registerCleanApi(scope, orders, deps.knowsKey))
  await app.register(async (scope) => registerLegacyApi(scope, deps), { prefix: '/api' })
  return app
}
