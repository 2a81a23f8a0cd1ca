// The upstream of the edge's benchmark: bare bytes over node:net, so that it costs far less than any proxy. Paths that
// end with /64k and /1m get so much, POST gets its length back. With argv `hang` it never answers, with `other-bytes` it
// says the same in another order of keys.
import { createServer } from 'node:net'

const hangs = process.argv[2] === 'hang'
const customer = { id: '7', name: 'SMITH, JOHN', email: 'john@shop.example', note: 'x'.repeat(200) }
const keys = process.argv[2] === 'other-bytes' ? Object.keys(customer).reverse() : Object.keys(customer)
const small = JSON.stringify(customer, keys)
const answers = { small: answer(small), '64k': answer('x'.repeat(65_536)), '1m': answer('x'.repeat(1_048_576)) }
const endOfHead = Buffer.from('\r\n\r\n')

function answer(body) {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nETag: "1"\r\n\r\n`
  return Buffer.from(head + body)
}

function answerTo(head) {
  const [, target = ''] = head.split(' ', 2)
  return answers[target.slice(target.lastIndexOf('/') + 1)] ?? answers.small
}

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    if (hangs) return
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(endOfHead); end >= 0; end = rest.indexOf(endOfHead)) {
      const head = rest.latin1Slice(0, end)
      const length = head.startsWith('POST') ? Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0) : 0
      if (rest.length < end + 4 + length) return
      rest = rest.subarray(end + 4 + length)
      socket.write(answerTo(head))
    }
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
