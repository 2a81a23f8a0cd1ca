import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { Bag } from '@banyan/toolkit/base'
import type { CapReached, ConnectionCaps } from './connection-caps.ts'

/** The connections of one listener, from accept to close. */
export interface Connections {
  /** Stops accepting; resolves when the last connection has ended. */
  stopAccepting(): Promise<void>
  /** Ends those that `isBusy` does not name. */
  endIdle(isBusy: (socket: Socket) => boolean): void
  endAll(): void
  /** Those that requests come on: behind TLS, once their handshake is over. */
  speaking(): readonly Socket[]
}

/** How many connections are taken, and what becomes of the others. */
export interface Bounded {
  readonly caps: ConnectionCaps
  /** Must end the socket. */
  refuse(socket: Socket, why: CapReached): void
}

/**
 * Keeps track of a server's connections, and of how many there are. Node's own `server.close()` and `closeIdleConnections()`
 * destroy each connection whose answer has been handed over, though the client may not have read half of it.
 */
export function trackConnections(server: Server, bounded?: Bounded): Connections {
  const sockets = new Bag<Socket>()
  const secured = new Bag<Socket>()
  server.on('connection', (socket: Socket) => {
    if (bounded === undefined || take(socket, bounded)) keep(sockets, socket)
  })
  server.on('secureConnection', (socket: Socket) => keep(secured, socket))
  const speaking = 'setSecureContext' in server ? secured : sockets
  return {
    stopAccepting: () => new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve())),
    endIdle: (isBusy) => {
      for (const socket of speaking.members()) if (!isBusy(socket)) socket.destroy()
    },
    endAll: () => {
      for (const socket of [...secured.members(), ...sockets.members()]) socket.destroy()
    },
    speaking: () => speaking.members(),
  }
}

function keep(sockets: Bag<Socket>, socket: Socket): void {
  const seat = sockets.add(socket)
  socket.once('close', () => sockets.remove(seat))
}

function take(socket: Socket, { caps, refuse }: Bounded): boolean {
  // Asked once: a socket that is closed has no address any more.
  const address = socket.remoteAddress ?? ''
  const why = caps.came(address)
  if (why === undefined) socket.once('close', () => caps.left(address))
  else refuse(socket, why)
  return why === undefined
}
