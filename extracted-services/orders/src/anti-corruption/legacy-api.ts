import { parse as parseForm } from 'node:querystring'
import type { KnowsKey } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
import { findOrder, pageOfOrderRoots } from '../database/order-store.ts'
import { passedOnFrom } from '../neighbours/passed-on.ts'
import { askShipments } from '../neighbours/shop.ts'
import type { OrdersDeps } from '../orders.ts'
import { legacyOf, legacyRootOf } from './carry.ts'
import { parseLegacyBody } from './legacy-body.ts'
import { historyJson, orderEntryJson, orderJson } from './legacy-json.ts'
import { parseLegacyKey, parseLegacyPage } from './legacy-query.ts'
import { answerLegacyTrouble } from './legacy-trouble.ts'
import { cancelLegacyOrder, placeLegacyOrder } from './legacy-writes.ts'

/** What the legacy-speaking API stands on. */
export interface LegacyApiDeps extends OrdersDeps {
  readonly knowsKey: KnowsKey
}

interface ById {
  readonly Params: { readonly id: string }
}

interface ByQuery {
  readonly Querystring: Readonly<Record<string, unknown>>
}

const noSuchOrder = { error: 'no such order' }
const bodyLimit = 256 * 1024

/** Legacy's order endpoints, byte for byte as legacy answers them, from this service's own orders. */
export function registerLegacyApi(app: FastifyInstance, deps: LegacyApiDeps): void {
  answerLegacyTrouble(app)
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, { ...parseForm(String(body)) }),
  )
  app.register(async (scope) => {
    requireKey(scope, deps.knowsKey)
    registerReads(scope, deps)
    registerWrites(scope, deps)
  })
}

function requireKey(app: FastifyInstance, knowsKey: KnowsKey): void {
  app.addHook('onRequest', async (request, reply) => {
    const key = request.headers['x-api-key']
    if (typeof key === 'string' && knowsKey(key)) return
    return reply.code(401).send({ error: 'invalid api key' })
  })
}

function registerReads(app: FastifyInstance, { db, shop }: LegacyApiDeps): void {
  app.get<ByQuery>('/orders', async (request, reply) => {
    const asked = parseLegacyPage(request.query)
    if (!asked.ok) return reply.code(400).send({ error: asked.error })
    const { limit } = asked.page
    const orders = await pageOfOrderRoots(db, { ...asked.page, limit: limit + 1 })
    const shown = orders.slice(0, limit)
    return {
      orders: shown.map((order) => orderEntryJson(legacyRootOf(order))),
      next: orders.length > limit ? String(shown.at(-1)?.id) : null,
    }
  })
  app.get<ById>('/orders/:id', async (request, reply) => {
    const order = await findByKey(db, request.params.id)
    if (order === undefined) return reply.code(404).send(noSuchOrder)
    return orderJson(legacyOf(order), await askShipments(shop, order.root.id, passedOnFrom(request)))
  })
  app.get<ById>('/orders/:id/history', async (request, reply) => {
    const order = await findByKey(db, request.params.id)
    if (order === undefined || order.children.history.length === 0) return reply.code(404).send(noSuchOrder)
    return historyJson(legacyOf(order).children.history)
  })
}

function registerWrites(app: FastifyInstance, deps: LegacyApiDeps): void {
  app.post('/orders', { bodyLimit }, async (request, reply) => {
    const body = parseLegacyBody(request.body)
    if (!body.ok) return reply.code(400).send({ error: body.error })
    return await placeLegacyOrder(deps, body.wish, passedOnFrom(request))
  })
  app.post<ById>('/orders/:id/cancel', { bodyLimit }, async (request) => {
    const id = parseLegacyKey(request.params.id)
    return id === undefined ? { ok: false, err: 'NO ORD' } : await cancelLegacyOrder(deps, id, passedOnFrom(request))
  })
}

async function findByKey(db: LegacyApiDeps['db'], text: string) {
  const id = parseLegacyKey(text)
  return id === undefined ? undefined : await findOrder(db, id)
}
