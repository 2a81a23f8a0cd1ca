// The upstream of the edge's benchmark: bare bytes over node:net, so that it costs far less than any proxy. Paths that
// end with /64k and /1m get so much, POST gets its length back. With argv `hang` it never answers, with `other-bytes` it
// says the same in another order of keys.
import { createServer } from 'node:net'
import { bodies, otherBytes } from './bodies.mjs'

const hangs = process.argv[2] === 'hang'
const small = process.argv[2] === 'other-bytes' ? otherBytes : bodies.small
const answers = { small: answer(small), '64k': answer(bodies['64k']), '1m': answer(bodies['1m']) }
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
