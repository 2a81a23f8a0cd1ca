import { Fault, messageOf } from '@banyan/toolkit/base'
import { isBusy, isUnreachable } from '@banyan/toolkit/service-database'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'

/** Answers what goes wrong in the legacy-speaking API in legacy's own words: `{"error": ...}`. */
export function answerLegacyTrouble(app: FastifyInstance): void {
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: 'not found' }))
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500)
      return reply.code(error.statusCode).send({ error: messageOf(error) })
    if (isBusy(error)) return later(reply, { error: 'database busy' })
    if (isUnreachable(error)) return later(reply, { error: 'database unreachable' })
    if (error instanceof Fault) {
      const detail = error.hint === undefined ? error.message : `${error.message}: ${error.hint}`
      switch (error.code) {
        case 'not-the-owner':
        case 'owner-moving':
          return later(reply, { error: 'write refused by the database', detail })
        case 'users-unavailable':
        case 'shop-unavailable':
          return later(reply, { error: error.code.replace('-', ' '), detail })
        case 'not-possible-yet':
          return reply.code(501).send({ error: 'not possible yet', detail })
      }
    }
    request.log.error({ err: error }, 'request failed')
    return reply.code(500).send({ error: 'internal error' })
  })
}

function later(reply: FastifyReply, body: { readonly error: string; readonly detail?: string }): FastifyReply {
  return reply.code(503).header('retry-after', '1').send(body)
}
