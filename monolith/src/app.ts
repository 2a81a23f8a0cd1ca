import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance } from 'fastify'
import { buildClientLookup, requireApiKey } from './auth/api-clients.ts'
import { customersApi } from './customers/api.ts'
import type { Shop } from './shop.ts'
import { answerTrouble } from './web/trouble.ts'

const maxBodyBytes = 256 * 1024

/** Builds the shop: every module's pages and its part of the JSON API, over one database. It does not listen yet. */
export async function buildApp(shop: Shop): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: maxBodyBytes, forceCloseConnections: 'idle', trustProxy: 'loopback' })
  await app.register(cookie)
  await app.register(formbody)
  answerTrouble(app, shop)
  app.get('/healthz', async () => ({ status: 'ok' }))
  const findClient = buildClientLookup(shop)
  await app.register(
    async (api) => {
      requireApiKey(api, findClient)
      customersApi(api, shop)
    },
    { prefix: '/api' },
  )
  return app
}
