import type { FastifyInstance } from 'fastify'
import { exitCodes, Fault, systemCodeOf } from '../base/index.ts'

/** Where to listen. `variable` is the environment variable that moves the port; port 0 takes any free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly variable: string
}

/**
 * Starts listening and returns the URL. Throws `port-taken`, `port-forbidden` or `host-unknown` (exit 5), each
 * naming the port and the variable that moves it.
 */
export async function listen(app: FastifyInstance, address: ListenAddress): Promise<string> {
  try {
    return await app.listen({ host: address.host, port: address.port })
  } catch (error) {
    throw listenFault(error, address)
  }
}

function listenFault(error: unknown, { host, port, variable }: ListenAddress): unknown {
  const details = { cause: error, exitCode: exitCodes.unreachable }
  switch (systemCodeOf(error)) {
    case 'EADDRINUSE':
      return new Fault('port-taken', `port ${port} on ${host} is taken by another process`, {
        ...details,
        hint: `stop it, or set ${variable} to a free port`,
      })
    case 'EACCES':
      return new Fault('port-forbidden', `this user may not listen on port ${port}`, {
        ...details,
        hint: `set ${variable} to a port above 1023`,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Fault('host-unknown', `"${host}" is no address of this machine`, {
        ...details,
        hint: 'use 127.0.0.1, or 0.0.0.0 inside a container',
      })
    default:
      return error
  }
}
