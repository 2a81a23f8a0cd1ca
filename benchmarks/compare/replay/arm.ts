// An arm that costs next to nothing, so that who asks it is what is measured: canned answers on bare sockets.
//
//     arm.ts legacy|service      prints its port
import { createServer, type Socket } from 'node:net'

const service = process.argv[2] === 'service'
const padding = 'x'.repeat(120)

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => socket.write(answers(chunk.toString('latin1'), socket)))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') console.log(address?.port)
})

/** A request that is cut in two is put together before it is answered. */
const begun = new WeakMap<Socket, string>()

function answers(text: string, socket: Socket): string {
  const requests = `${begun.get(socket) ?? ''}${text}`.split('\r\n\r\n')
  begun.set(socket, requests.pop() ?? '')
  return requests.map((request) => answer(request.slice(4, request.indexOf(' ', 4)))).join('')
}

/** Both arms say the same in other bytes every second time; each names the session by itself. */
function answer(target: string): string {
  const id = Number(target.slice(target.lastIndexOf('/') + 1))
  const body =
    service && id % 2 === 0
      ? `{"name":"product ${id}","id":${id},"price":{"amount":1999,"currency":"EUR"},"tags":["new","sale"],"note":"${padding}"}`
      : `{"id":${id},"name":"product ${id}","price":{"currency":"EUR","amount":1999},"tags":["new","sale"],"note":"${padding}"}`
  const cookie = target.startsWith('/start/')
    ? `set-cookie: sid=${service ? 's' : 'l'}${'0'.repeat(20)}${id}; Path=/\r\n`
    : ''
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${cookie}content-length: ${body.length}\r\n\r\n${body}`
}
