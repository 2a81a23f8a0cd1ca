import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Found, Setting } from './piece.ts'

const forMs = 5_000

/** Streams of server-sent events, ten a second each: how late they are. */
export async function events({ edge, scale }: Setting): Promise<Found> {
  const count = Math.round(200 * scale)
  const late: number[] = []
  const sockets = await Promise.all(Array.from({ length: count }, () => listen(edge, late)))
  await delay(forMs)
  for (const socket of sockets) socket.destroy()
  late.sort((a, b) => a - b)
  const at = (share: number) => (late[Math.floor(late.length * share)] ?? Number.NaN).toFixed(1)
  const expected = (count * forMs) / 100
  return {
    what: `${count} event streams for ${forMs / 1000} s`,
    lines: [`events   ${late.length}, late by ${at(0.5)} ms at the median, ${at(0.99)} ms at the 99th percentile`],
    mostGrowthMiB: 64,
    wrong: late.length > expected * 0.8 ? undefined : `only ${late.length} of about ${expected} events arrived`,
  }
}

async function listen({ port, host }: Setting['edge'], late: number[]) {
  const socket = connect(port, host)
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    for (const [, sent] of String(data).matchAll(/data: ([\d.]+)\n/g)) late.push(performance.now() - Number(sent))
  })
  socket.write('GET /events HTTP/1.1\r\nHost: edge\r\n\r\n')
  return socket
}
