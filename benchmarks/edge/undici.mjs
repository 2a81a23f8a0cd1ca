// What the edge is measured against: undici's stream behind node:http, as its documentation shows it.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const pool = new Pool(process.argv[2], { connections: 256 })
const hop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])
const server = createServer((request, response) => {
  const { method, url: path, headers } = request
  const body = method === 'GET' ? null : request
  pool
    .stream(
      { method, path, headers: { ...headers, connection: undefined }, body, opaque: response },
      ({ statusCode, headers: answered }) => {
        response.writeHead(statusCode, Object.fromEntries(Object.entries(answered).filter(([name]) => !hop.has(name))))
        return response
      },
    )
    .catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
