import { Fault, messageOf } from '@banyan/toolkit/base'
import { isBadText, isBusy, isUnreachable } from '@banyan/toolkit/service-database'
import type { FastifyError, FastifyInstance } from 'fastify'

/** Answers what goes wrong in the legacy-speaking API in legacy's own words: `{"error": ...}`. */
export function answerLegacyTrouble(app: FastifyInstance): void {
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: 'not found' }))
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500)
      return reply.code(error.statusCode).send({ error: messageOf(error) })
    if (isBadText(error)) return reply.code(400).send({ error: 'text that the database cannot hold' })
    if (isBusy(error)) return reply.code(503).header('retry-after', '1').send({ error: 'database busy' })
    if (isUnreachable(error)) return reply.code(503).header('retry-after', '1').send({ error: 'database unreachable' })
    if (error instanceof Fault && (error.code === 'not-the-owner' || error.code === 'owner-moving')) {
      const detail = error.hint === undefined ? error.message : `${error.message}: ${error.hint}`
      return reply.code(503).header('retry-after', '1').send({ error: 'write refused by the database', detail })
    }
    request.log.error({ err: error }, 'request failed')
    return reply.code(500).send({ error: 'internal error' })
  })
}
