import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance } from 'fastify'
import { adminPages } from './admin/pages.ts'
import { buildClientLookup, requireApiKey } from './auth/api-clients.ts'
import { authPages } from './auth/pages.ts'
import { cartPages } from './cart/pages.ts'
import { catalogApi } from './catalog/api.ts'
import { catalogPages } from './catalog/pages.ts'
import { customersApi } from './customers/api.ts'
import { type CustomersApi, writesByApi, writesHere } from './customers/page-writes.ts'
import { profilePages } from './customers/pages.ts'
import { inventoryApi } from './inventory/api.ts'
import { notificationsApi } from './notifications/api.ts'
import { ordersApi } from './orders/api.ts'
import { checkoutPages } from './orders/checkout-pages.ts'
import { orderPages } from './orders/pages.ts'
import { paymentsApi } from './payments/api.ts'
import { reportsApi } from './reports/api.ts'
import { reportPages } from './reports/pages.ts'
import { shippingApi } from './shipping/api.ts'
import type { Shop } from './shop.ts'
import { answerTrouble } from './web/trouble.ts'

const maxBodyBytes = 256 * 1024

const pages = [catalogPages, cartPages, checkoutPages, orderPages, reportPages]
const accountPages = [profilePages, authPages]
const apis = [customersApi, catalogApi, inventoryApi, ordersApi, paymentsApi, shippingApi, notificationsApi, reportsApi]

/**
 * Builds the shop: every module's pages and its part of the JSON API, over one database. It does not listen yet.
 * With `customersApi` its pages write customers through that API instead of the database.
 */
export async function buildApp(shop: Shop, customersApi?: CustomersApi): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  })
  const findClient = buildClientLookup(shop)
  await app.register(cookie)
  await app.register(formbody)
  answerTrouble(app, shop)
  app.get('/healthz', async () => ({ status: 'ok' }))
  const writes = customersApi === undefined ? writesHere(shop) : writesByApi(customersApi)
  app.addHook('onClose', () => writes.close())
  for (const module of pages) module(app, shop)
  for (const module of accountPages) module(app, shop, writes)
  adminPages(app, shop, findClient)
  await app.register(
    async (api) => {
      requireApiKey(api, findClient)
      for (const module of apis) module(api, shop)
    },
    { prefix: '/api' },
  )
  return app
}
