import { join } from 'node:path'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import { buildEdge, buildEdgeOfWorkers, certificateFiles, formatCut } from './edge.ts'
import { openLogDestination } from './settle/log-destination.ts'

const { env } = process

// An edge whose terminal is gone goes on, and drains.
process.stderr.on('error', () => undefined)

run().catch((error: unknown) => {
  const hint = error instanceof Fault && error.hint !== undefined ? `\n  ${error.hint}` : ''
  process.stderr.write(`edge: ${messageOf(error)}${hint}\n`)
  process.exit(error instanceof Fault ? error.exitCode : exitCodes.unexpected)
})

async function run(): Promise<void> {
  const log = openLogDestination(1)
  const options = {
    routesFile: env.EDGE_ROUTES ?? join(import.meta.dirname, '../routes.yaml'),
    stateDir: env.BANYAN_STATE ?? '.banyan',
    listen: { host: env.EDGE_HOST ?? '127.0.0.1', port: port('EDGE_PORT', 8080) },
    admin: { host: '127.0.0.1', port: port('ADMIN_PORT', 8081) },
    tls: certificateFiles(env.EDGE_TLS_CERT, env.EDGE_TLS_KEY),
    log,
  }
  const workers = whole('EDGE_WORKERS', 1)
  const edge =
    workers > 1 ? buildEdgeOfWorkers({ ...options, workers, nodeOptions: env.NODE_OPTIONS }) : buildEdge(options)
  // Heard from the beginning: a signal that nobody hears ends a process, and workers serve before all of them have started.
  const listening = edge.listen()
  const stop = async () => {
    const drained = await edge.close()
    const cut = formatCut(drained)
    if (cut !== undefined) process.stderr.write(`edge: ${cut}\n`)
    await log.flush()
    process.exit(drained.cut.length === 0 ? exitCodes.done : exitCodes.unexpected)
  }
  const readAgain = async () => void ('roll' in edge ? await edge.roll() : await edge.reload())
  const saidBelow = () => undefined
  process.once('SIGTERM', () => void listening.then(stop, saidBelow))
  process.once('SIGINT', () => void listening.then(stop, saidBelow))
  process.on('SIGHUP', () => void listening.then(readAgain, saidBelow))
  await listening
}

function port(variable: string, fallback: number): number {
  const value = whole(variable, fallback)
  if (value <= 65_535) return value
  throw invalid('port-invalid', `${variable}=${value} is not a port`, '0 to 65535')
}

function whole(variable: string, fallback: number): number {
  const text = env[variable]
  const value = text === undefined ? fallback : Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw invalid('number-invalid', `${variable}=${text} is not a whole number`, `for example ${variable}=${fallback}`)
}

function invalid(code: string, message: string, hint: string): Fault {
  return new Fault(code, message, { hint, exitCode: exitCodes.usage })
}
