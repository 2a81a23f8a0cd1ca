import type { Socket } from 'node:net'

/**
 * Takes no more from a connection that is only to be answered to its end: what is parsed and never served costs
 * thirty times what its client paid for it. Not at once, for Node goes on reading at the end of each request.
 */
export function stopReading(socket: Socket): void {
  process.nextTick(() => socket.pause())
}
