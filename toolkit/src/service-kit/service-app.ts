import fastify, { type FastifyInstance, LogController } from 'fastify'
import { registerAccessLog } from './access-log.ts'
import { type HealthOptions, registerHealth } from './health.ts'
import { type LogLevel, logOptions, stdoutForLogs } from './logging.ts'
import { type FaultStatuses, registerProblems } from './problems.ts'
import { requestId } from './request-id.ts'
import { registerTracing } from './tracing.ts'

/** What is particular to one service's app, before its routes. */
export interface ServiceApp {
  /** What it is called in logs. */
  readonly service: string
  readonly faultStatuses: FaultStatuses
  /** What it must reach to be ready. */
  readonly checks: HealthOptions['checks']
  /** Default `info`. */
  readonly logLevel?: LogLevel | undefined
}

/**
 * The HTTP app that every service begins with: logs on stdout, request ids, traces, problems, health; bodies up to 1 MiB.
 * Requests are to be checked by schemas of the service's own: what Fastify is given is their JSON form, for a document alone.
 */
export function buildServiceApp({ service, faultStatuses, checks, logLevel }: ServiceApp): FastifyInstance {
  const app = fastify({
    logger: { ...logOptions(service, logLevel), stream: stdoutForLogs() },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: requestId,
    bodyLimit: 1_048_576,
    forceCloseConnections: 'idle',
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  registerTracing(app)
  registerAccessLog(app)
  registerProblems(app, faultStatuses)
  registerHealth(app, { checks })
  return app
}
