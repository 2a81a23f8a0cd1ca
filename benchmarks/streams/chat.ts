import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Found, Setting } from './piece.ts'

/** A room in which each says one thing, and all hear it. */
export async function chat({ edge, scale }: Setting): Promise<Found> {
  const count = Math.round(200 * scale)
  const heard: string[][] = []
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = new WebSocket(`ws://${edge.host}:${edge.port}/chat`)
      const messages: string[] = []
      heard.push(messages)
      socket.on('message', (message) => messages.push(String(message)))
      await once(socket, 'open')
      return socket
    }),
  )
  const started = performance.now()
  for (const [n, socket] of sockets.entries()) socket.send(`message ${n}`)
  const expected = count * count
  const total = () => heard.reduce((sum, messages) => sum + messages.length, 0)
  while (total() < expected && performance.now() - started < 30_000) await delay(10)
  const tookMs = Math.round(performance.now() - started)
  for (const socket of sockets) socket.terminate()
  const [first = [], ...others] = heard
  const sameOrder = others.every((messages) => messages.join() === first.join())
  return {
    what: `a WebSocket chat of ${count}`,
    lines: [`heard    ${total()} messages in ${tookMs} ms, ${sameOrder ? 'by all in one order' : 'not in one order'}`],
    mostGrowthMiB: 64,
    wrong: total() === expected && sameOrder ? undefined : `${expected} messages should have been heard, in one order`,
  }
}
