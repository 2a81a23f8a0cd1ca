import type { Socket } from 'node:net'

/**
 * Ends a connection whose client leaves while nobody reads from it: without a reader its end is not seen, and whatever waits for an
 * upstream on its behalf would wait on. What the client sends meanwhile stays unread for whoever reads next, who must call what this returns before.
 */
export function watchLeaving(socket: Socket): () => void {
  const gone = () => void socket.destroy()
  // Takes nothing: there is nothing but, perhaps, the end.
  const look = () => void (socket.readableLength === 0 && socket.read())
  socket.once('end', gone).on('readable', look)
  return () => socket.off('end', gone).off('readable', look)
}
