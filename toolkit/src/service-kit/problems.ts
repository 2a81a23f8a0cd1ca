import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault, messageOf, type Problem, problemBody, problemMediaType } from '../base/index.ts'

/** Which HTTP status a fault's code answers with; codes that are not named answer 500. */
export type FaultStatuses = Readonly<Record<string, number>>

/**
 * Answers every failure of a Fastify app as a problem document (RFC 9457): a `Fault` by its code, a refused body
 * or query as 400, an unknown path as 404, and what nobody expected as 500, logged and without its inner message.
 */
export function registerProblems(app: FastifyInstance, statuses: FaultStatuses = {}): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const problem = problemOf(error, request, statuses)
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
    return sendProblem(reply, problem)
  })
  app.setNotFoundHandler(async (request, reply) =>
    sendProblem(reply, {
      title: 'Not Found',
      status: 404,
      code: 'path-unknown',
      detail: `nothing answers ${request.method} ${pathOf(request)}`,
    }),
  )
}

/** Sends a problem document with its status and media type; one that passes by itself (503) says to try again in a second. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', '1')
  return reply.code(problem.status).type(problemMediaType).send(problemBody(problem))
}

function problemOf(error: FastifyError | Error, request: FastifyRequest, statuses: FaultStatuses): Problem {
  if (error instanceof Fault) return faultProblem(error, request, statuses)
  const status = 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : 500
  if (status >= 500) return { ...titled(500), code: 'unexpected', instance: request.id }
  return { ...titled(status), code: clientCode(error), detail: messageOf(error), instance: request.id }
}

function faultProblem(fault: Fault, request: FastifyRequest, statuses: FaultStatuses): Problem {
  const status = statuses[fault.code] ?? 500
  if (status >= 500 && statuses[fault.code] === undefined)
    return { ...titled(500), code: 'unexpected', instance: request.id }
  const detail = fault.hint === undefined ? fault.message : `${fault.message}: ${fault.hint}`
  return { ...titled(status), code: fault.code, detail, instance: request.id }
}

function titled(status: number): Pick<Problem, 'title' | 'status'> {
  return { title: STATUS_CODES[status] ?? 'Error', status }
}

function clientCode(error: FastifyError | Error): string {
  if ('validation' in error && error.validation !== undefined) return 'request-invalid'
  if (!('code' in error) || typeof error.code !== 'string') return 'request-refused'
  return clientCodes[error.code] ?? 'request-refused'
}

const clientCodes: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'body-not-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body-empty',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url
}
