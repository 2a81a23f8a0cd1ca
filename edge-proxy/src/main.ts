import { join } from 'node:path'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { buildEdge } from './edge.ts'
import { openLogDestination } from './settle/log-destination.ts'

const { env } = process

run().catch((error: unknown) => {
  const hint = error instanceof Fault && error.hint !== undefined ? `\n  ${error.hint}` : ''
  process.stderr.write(`edge: ${messageOf(error)}${hint}\n`)
  process.exit(error instanceof Fault ? error.exitCode : exitCodes.unexpected)
})

async function run(): Promise<void> {
  const log = openLogDestination(1)
  const edge = buildEdge({
    routesFile: env.EDGE_ROUTES ?? join(import.meta.dirname, '../routes.yaml'),
    stateDir: env.BANYAN_STATE ?? '.banyan',
    listen: { host: env.EDGE_HOST ?? '127.0.0.1', port: port('EDGE_PORT', 8080) },
    admin: { host: '127.0.0.1', port: port('ADMIN_PORT', 8081) },
    log,
  })
  await edge.listen()
  const stop = () => {
    void edge.close().then(async (drained) => {
      await log.flush()
      process.exit(drained.cut.length === 0 ? exitCodes.done : exitCodes.unexpected)
    })
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.on('SIGHUP', () => void edge.reload())
}

function port(variable: string, fallback: number): number {
  const text = env[variable]
  const value = text === undefined ? fallback : Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value
  throw new Fault('port-invalid', `${variable}=${text} is not a port`, {
    hint: '0 to 65535',
    exitCode: exitCodes.usage,
  })
}
