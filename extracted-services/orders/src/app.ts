import { buildServiceApp, type KnowsKey, type LogLevel } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
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
  const { db, logLevel } = deps
  const checks = { database: () => db.raw('select 1') }
  const app = buildServiceApp({ service: 'orders', faultStatuses, checks, logLevel })
  await registerDocumentation(app)
  const orders = buildOrders(deps)
  await app.register(async (scope) => registerCleanApi(scope, orders, deps.knowsKey))
  await app.register(async (scope) => registerLegacyApi(scope, deps), { prefix: '/api' })
  return app
}
