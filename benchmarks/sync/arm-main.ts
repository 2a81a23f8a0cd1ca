import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { openRows } from './rows.ts'

// One arm in a process of its own: an application that writes a note of one order for each PUT, in its own database. Arguments:
// which arm, and its database. Says its port; ends with its standard input.
const [, , arm = '', database = ''] = process.argv
const rows = await openRows(database, arm === 'service' ? 'service' : 'legacy')
const server = createServer(async (request, response) => {
  try {
    await rows.note(Number(/\d+$/.exec(request.url ?? '')?.[0]), await text(request))
    response.end('{}')
  } catch (thrown) {
    response.writeHead(500).end(`${arm}: ${thrown}`)
  }
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' && address !== null ? address.port : 0)
})
process.stdin
  .once('end', () => {
    server.closeAllConnections()
    server.close()
    void rows.close()
  })
  .resume()
