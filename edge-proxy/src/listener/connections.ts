import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/** The connections of one listener, from accept to close. */
export interface Connections {
  /** Stops accepting; resolves when the last connection has ended. */
  stopAccepting(): Promise<void>
  /** Ends those that `isBusy` does not name. */
  endIdle(isBusy: (socket: Socket) => boolean): void
  endAll(): void
}

/**
 * Keeps track of a server's connections. Node's own `server.close()` and `closeIdleConnections()` destroy each
 * connection whose answer has been handed over, though the client may not have read half of it.
 */
export function trackConnections(server: Server): Connections {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const endIdle: Connections['endIdle'] = (isBusy) => {
    for (const socket of sockets) if (!isBusy(socket)) socket.destroy()
  }
  return {
    stopAccepting: () => new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve())),
    endIdle,
    endAll: () => endIdle(() => false),
  }
}
