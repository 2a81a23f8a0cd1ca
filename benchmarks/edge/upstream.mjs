// The upstream of the edge's benchmark: bare bytes over node:net, so that it costs far less than any proxy.
import { createServer } from 'node:net'

const small = JSON.stringify({ id: '7', name: 'SMITH, JOHN', email: 'john@shop.example', note: 'x'.repeat(200) })
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${small.length}\r\nETag: "1"\r\n\r\n${small}`,
)
const endOfHead = Buffer.from('\r\n\r\n')

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let at = rest.indexOf(endOfHead); at >= 0; at = rest.indexOf(endOfHead)) {
      rest = rest.subarray(at + endOfHead.length)
      socket.write(answer)
    }
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
