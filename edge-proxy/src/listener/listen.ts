import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exitCodes, Fault, messageOf, systemCodeOf } from '@banyan/toolkit/base'

/** Where a listener listens. Port 0 takes any free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  /** Of this process alone: workers of one edge share the others. */
  readonly exclusive?: true
}

/** Starts to listen; returns the URL. Throws `port-taken` (exit 6), with the variable that moves the port. */
export function listen(server: Server, { host, port, exclusive }: ListenAddress, variable: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(listenFault(error, { host, port }, variable))
    server.once('error', refuse)
    server.listen({ port, host, exclusive: exclusive === true }, () => {
      server.off('error', refuse)
      resolve(urlOf(server, host))
    })
  })
}

function urlOf(server: Server, host: string): string {
  const address: AddressInfo | string | null = server.address()
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function listenFault(error: Error, { host, port }: ListenAddress, variable: string): Fault {
  const taken = systemCodeOf(error) === 'EADDRINUSE'
  const code = taken ? 'port-taken' : 'listen-refused'
  const message = taken ? `port ${port} on ${host} is taken` : `cannot listen on ${host}:${port}: ${messageOf(error)}`
  return new Fault(code, message, {
    hint: `another edge may be running there. ${variable} moves it, for example ${variable}=${port + 10}`,
    exitCode: exitCodes.refused,
    cause: error,
  })
}
