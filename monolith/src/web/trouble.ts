import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { plainMessageOf, refusalOf, troubleOf } from '../database/problem.ts'
import type { Shop } from '../shop.ts'
import { messagePage } from './message-page.ts'

/** An answer that is not what was asked for. */
interface Trouble {
  readonly status: number
  readonly error: string
  readonly detail?: string
}

/** Answers what goes wrong in any module: JSON below /api, a page elsewhere; never a crash, never a stack. */
export function answerTrouble(app: FastifyInstance, shop: Shop): void {
  app.setErrorHandler((error, request, reply) => {
    const trouble = troubleFrom(error)
    if (trouble.status >= 500) shop.log(`${request.method} ${request.url} ${trouble.status} ${plainMessageOf(error)}`)
    return answer(request, reply, trouble)
  })
  app.setNotFoundHandler((request, reply) => answer(request, reply, { status: 404, error: 'not found' }))
}

function troubleFrom(error: unknown): Trouble {
  const status = statusOf(error)
  if (status !== undefined && status < 500) return { status, error: plainMessageOf(error) }
  if (status === 503) return { status, error: 'not available now' }
  switch (troubleOf(error)) {
    case 'busy':
      return { status: 503, error: 'database busy' }
    case 'refused':
      return { status: 503, error: 'write refused by the database', detail: refusalOf(error) }
    case 'unreachable':
      return { status: 503, error: 'database unreachable' }
    case 'bad-text':
      return { status: 400, error: 'text that the database cannot hold' }
    case 'duplicate':
    case 'not-a-database':
    case 'other':
      return { status: 500, error: 'internal error' }
  }
}

function statusOf(error: unknown): FastifyError['statusCode'] {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

function answer(request: FastifyRequest, reply: FastifyReply, trouble: Trouble): FastifyReply {
  reply.code(trouble.status)
  if (trouble.status === 503) reply.header('retry-after', '1')
  if (request.url.startsWith('/api/')) {
    const { error, detail } = trouble
    return reply.send(detail === undefined ? { error } : { error, detail })
  }
  return reply.type('text/html; charset=utf-8').send(messagePage(trouble.status))
}
