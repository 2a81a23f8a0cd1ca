import type { FastifyInstance } from 'fastify'

/**
 * Logs one line for each answer: method, path, status, milliseconds. The query stays out of it, for it may name people, and
 * so does a part of the path that looks like an e-mail address.
 * To be used with Fastify's own request log switched off.
 */
export function registerAccessLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request
    const ms = Math.round(reply.elapsedTime * 10) / 10
    const line = { method, path: pathOf(url), status: reply.statusCode, ms }
    if (reply.statusCode >= 500) request.log.warn(line, 'answered')
    else request.log.info(line, 'answered')
  })
}

function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? url
  return path.replace(/[^/]*(?:@|%40)[^/]*/gi, '[redacted]')
}
