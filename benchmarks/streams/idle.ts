import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Found, Setting } from './piece.ts'

const atOnce = 200

/** Connections that were each answered once, and then say nothing. */
export async function idle({ edge, scale }: Setting): Promise<Found> {
  const count = Math.round(10_000 * scale)
  const before = edge.residentMiB()
  const sockets: Socket[] = []
  while (sockets.length < count) sockets.push(...(await Promise.all(Array.from({ length: atOnce }, () => open(edge)))))
  await delay(2_000)
  const held = edge.residentMiB()
  const open_ = sockets.filter((socket) => !socket.destroyed).length
  for (const socket of sockets) socket.destroy()
  await delay(2_000)
  const each = ((held - before) * 1024) / count
  return {
    what: `${count} idle connections`,
    lines: [`each     ${each.toFixed(1)} KiB`],
    mostGrowthMiB: Math.round((count * 20) / 1024) + 16,
    wrong: open_ === count ? undefined : `only ${open_} were still open`,
  }
}

async function open({ host, port }: Setting['edge']): Promise<Socket> {
  const socket = connect(port, host)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nHost: edge\r\n\r\n')
  await once(socket, 'data')
  return socket
}
