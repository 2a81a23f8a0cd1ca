// Closed-loop load over kept connections: each sends a request, reads the whole answer, and sends the next.
// argv: port, connections, milliseconds, kind. Sends its parent { requests, sent, seconds, failed, p50, p99, longest } (latencies in ms).
import { openAsker, quantiles, requests } from './requests.mjs'

const [port, connections, durationMs] = process.argv.slice(2, 5).map(Number)
const bytes = requests[process.argv[5] ?? 'small']
const latencies = []
let failed = 0
const endMs = performance.now() + durationMs

async function run() {
  let asker = openAsker(port)
  while (performance.now() < endMs) {
    const { ok, tookMs } = await asker.ask(bytes)
    if (ok) latencies.push(tookMs)
    else failed += 1
    if (!asker.isOpen()) asker = openAsker(port)
  }
  asker.close()
}

await Promise.all(Array.from({ length: connections }, run))
const seconds = (performance.now() - endMs + durationMs) / 1000
process.send({ requests: latencies.length, sent: latencies.length + failed, seconds, failed, ...quantiles(latencies) })
process.disconnect()
