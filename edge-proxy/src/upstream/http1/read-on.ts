import type { Socket } from 'node:net'
import { systemCodeOf } from '@banyan/toolkit/base'

/**
 * Lets what has come be read before a failed write ends `socket`: an upstream that refuses an upload answers, and then
 * resets the connection into what is still being sent (RFC 9112, section 9.6). Of itself Node throws that answer away.
 * For sockets with `onread`: through its streams Node gives out nothing more after a failed write.
 */
export function readOnAfterFailedWrite(socket: Socket): void {
  const destroy = socket.destroy.bind(socket)
  let failure: Error | undefined
  const look = (readBefore: number) => {
    if (socket.destroyed) return
    if (socket.isPaused()) socket.once('resume', () => look(-1))
    else if (socket.bytesRead === readBefore) destroy(failure)
    else setImmediate(look, socket.bytesRead)
  }
  socket.destroy = (error) => {
    if (error === undefined || failure !== undefined || !isFailedWrite(error)) return destroy(error)
    failure = error
    // Once around the event loop, and everything that had come by then is read.
    setImmediate(look, -1)
    return socket
  }
}

function isFailedWrite(error: Error): boolean {
  const code = systemCodeOf(error)
  return 'syscall' in error && error.syscall === 'write' && (code === 'EPIPE' || code === 'ECONNRESET')
}
