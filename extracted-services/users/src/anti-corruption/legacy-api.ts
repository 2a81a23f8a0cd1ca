import { parse as parseForm } from 'node:querystring'
import type { KnowsKey } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
import { findUser, pageOfUserRoots } from '../database/user-store.ts'
import { legacyOf, legacyRootOf } from './carry.ts'
import { type LegacyBody, parseLegacyBody } from './legacy-body.ts'
import { customerEntryJson, customerJson, sayInstant, sayInstantTwiceConverted } from './legacy-json.ts'
import { parseLegacyKey, parseLegacyPage } from './legacy-query.ts'
import { answerLegacyTrouble } from './legacy-trouble.ts'
import { changeCustomer, createCustomer, deleteCustomer, type LegacyWriteDeps, type Outcome } from './legacy-writes.ts'

/** What the legacy-speaking API stands on. */
export interface LegacyApiDeps extends LegacyWriteDeps {
  readonly knowsKey: KnowsKey
  readonly plantedBug?: 'time-zone' | undefined
}

interface ById {
  readonly Params: { readonly id: string }
}

interface ByQuery {
  readonly Querystring: Readonly<Record<string, unknown>>
}

const noSuchCustomer = { error: 'no such customer' }
const bodyLimit = 256 * 1024

/** Legacy's customer endpoints, byte for byte as legacy answers them, from this service's own users. */
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

function registerReads(app: FastifyInstance, { db, plantedBug }: LegacyApiDeps): void {
  const sayCreated = plantedBug === 'time-zone' ? sayInstantTwiceConverted : sayInstant
  app.get<ById>('/customers/:id', async (request, reply) => {
    const id = parseLegacyKey(request.params.id)
    const user = id === undefined ? undefined : await findUser(db, id)
    if (user === undefined || user.root.deleted_at !== null) return reply.code(404).send(noSuchCustomer)
    return customerJson(legacyOf(user), sayCreated)
  })
  app.get<ByQuery>('/customers', async (request, reply) => {
    const asked = parseLegacyPage(request.query)
    if (!asked.ok) return reply.code(400).send({ error: asked.error })
    const { limit } = asked.page
    const users = await pageOfUserRoots(db, { ...asked.page, limit: limit + 1 })
    const shown = users.slice(0, limit)
    return {
      customers: shown.map((user) => customerEntryJson(legacyRootOf(user), sayCreated)),
      next: users.length > limit ? String(shown.at(-1)?.id) : null,
    }
  })
}

function registerWrites(app: FastifyInstance, deps: LegacyApiDeps): void {
  app.post('/customers', { bodyLimit }, async (request, reply) => {
    const body = parseLegacyBody(request.body)
    return body.ok ? await createCustomer(deps, body.given) : reply.code(400).send(errorOf(body))
  })
  app.put<ById>('/customers/:id', { bodyLimit }, async (request, reply) => {
    const body = parseLegacyBody(request.body)
    if (!body.ok) return reply.code(400).send(errorOf(body))
    const id = parseLegacyKey(request.params.id)
    return id === undefined ? noCustomer : await changeCustomer(deps, id, body.given)
  })
  app.delete<ById>('/customers/:id', { bodyLimit }, async (request) => {
    const id = parseLegacyKey(request.params.id)
    return id === undefined ? noCustomer : await deleteCustomer(deps, id)
  })
}

const noCustomer: Outcome = { ok: false, err: 'NO CUST' }

function errorOf(body: Extract<LegacyBody, { ok: false }>) {
  return { error: body.error }
}
