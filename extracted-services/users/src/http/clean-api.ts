import { Fault } from '@banyan/toolkit/base'
import { type KnowsKey, parseRequest, requireApiKey } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
import { newUser, userChanges } from '../domain/user.ts'
import type { Users } from '../users.ts'
import { documents, listQuery, logInBody, userPath } from './schemas.ts'

/** How the faults of the use cases are answered. */
export const faultStatuses = {
  'request-invalid': 400,
  'api-key-unknown': 401,
  'credentials-wrong': 401,
  'user-not-active': 403,
  'user-unknown': 404,
  'email-taken': 409,
  'not-the-owner': 409,
  'owner-moving': 503,
} as const

/** The clean API: users as JSON, problems as RFC 9457. Every call wants an `X-Api-Key`. */
export function registerCleanApi(app: FastifyInstance, users: Users, knowsKey: KnowsKey): void {
  requireApiKey(app, knowsKey)
  app.post('/users', { schema: documents.create }, async (request, reply) => {
    const created = await users.create(parseRequest(newUser, request.body))
    return reply.code(201).header('location', `/users/${created.id}`).send(created)
  })
  app.get('/users', { schema: documents.list }, async (request) => users.page(parseRequest(listQuery, request.query)))
  app.get('/users/:id', { schema: documents.find }, async (request) => {
    const { id } = parseRequest(userPath, request.params)
    const found = await users.find(id)
    if (found !== undefined) return found
    throw new Fault('user-unknown', `no user ${id}`)
  })
  app.patch('/users/:id', { schema: documents.change }, async (request) => {
    const { id } = parseRequest(userPath, request.params)
    return await users.change(id, parseRequest(userChanges, request.body))
  })
  app.post('/auth/login', { schema: documents.logIn }, async (request) => {
    const { email, password } = parseRequest(logInBody, request.body)
    return { user: await users.logIn(email, password) }
  })
}
