import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { openRows } from './rows.ts'

/** One arm: an application that writes a note of one order for each PUT, in its own database. */
export async function startArm(arm: 'legacy' | 'service', database: string) {
  const rows = await openRows(database, arm)
  const server = createServer(async (request, response) => {
    try {
      const id = Number(/\d+$/.exec(request.url ?? '')?.[0])
      await rows.note(id, await text(request))
      response.end('{}')
    } catch (thrown) {
      response.writeHead(500).end(`${arm}: ${thrown}`)
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await rows.close()
    },
  }
}
