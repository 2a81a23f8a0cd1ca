// Closed-loop load over bare connections: each sends a GET, reads the whole answer, and sends the next.
// argv: port, connections, milliseconds. Sends its parent { requests, failed, p50, p99 } (latencies in ms).
import { connect } from 'node:net'

const [port, connections, durationMs] = process.argv.slice(2).map(Number)
const get = Buffer.from(
  'GET /api/customers/7 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench\r\nAccept: application/json\r\n\r\n',
)
const latencies = []
let failed = 0
let over = false

function run() {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let startedMs = 0
    let received = ''
    const next = () => {
      received = ''
      startedMs = performance.now()
      socket.write(get)
    }
    socket.on('connect', next)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (!over) failed += 1
      resolve()
    })
    socket.on('data', (chunk) => {
      received += chunk.latin1Slice()
      if (!isWhole(received)) return
      if (received.startsWith('HTTP/1.1 200')) latencies.push(performance.now() - startedMs)
      else failed += 1
      if (over) socket.destroy()
      else next()
    })
  })
}

function isWhole(text) {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))
  return length !== null && text.length >= head + 4 + Number(length[1])
}

setTimeout(() => {
  over = true
}, durationMs)
await Promise.all(Array.from({ length: connections }, run))
latencies.sort((a, b) => a - b)
const quantile = (share) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
process.send({ requests: latencies.length, failed, p50: quantile(0.5), p99: quantile(0.99) })
process.disconnect()
