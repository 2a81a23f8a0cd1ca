import { once } from 'node:events'
import { connect } from 'node:net'
import type { Found, Setting } from './piece.ts'

const chunk = Buffer.alloc(256 * 1024, 'x')

/** One body of a gibibyte, as fast as it is taken. */
export async function upload({ edge, scale }: Setting): Promise<Found> {
  const chunks = Math.round(4_096 * scale)
  const bytes = chunks * chunk.length
  const socket = connect(edge.port, edge.host)
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (data) => {
    answer += String(data)
  })
  const over = once(socket, 'close')
  const started = performance.now()
  socket.write(`POST /upload HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`)
  for (let n = 0; n < chunks; n++) if (!socket.write(chunk)) await once(socket, 'drain')
  await over
  const seconds = (performance.now() - started) / 1000
  const arrived = Number(/\r\n\r\n(?:[0-9a-f]+\r\n)?(\d+)/.exec(answer)?.[1])
  return {
    what: `an upload of ${Math.round(bytes / 1024 ** 2)} MiB`,
    lines: [`speed    ${Math.round(bytes / 1024 ** 2 / seconds)} MiB/s`],
    mostGrowthMiB: 64,
    wrong: arrived === bytes ? undefined : `${arrived} of ${bytes} bytes arrived`,
  }
}
