// Open-loop load: so many requests a second, whether the ones before are answered or not; a latency is counted from the
// moment at which its request was due. Those due in the first half second warm this process up, and are not counted.
// argv: port, requests per second, milliseconds that count. Sends { requests, failed, p50, p99, longest }.
import { openAsker, quantiles, requests } from './requests.mjs'

const [port, perSecond, countedMs] = process.argv.slice(2, 5).map(Number)
const warmUpMs = 500
const durationMs = warmUpMs + countedMs
const free = []
const waiting = []
const latencies = []
let failed = 0
let under = 0
const maxConnections = 256
let connections = 0

function next(sinceMs) {
  const asker = free.pop() ?? (connections < maxConnections ? open() : undefined)
  if (asker === undefined) return void waiting.push(sinceMs)
  under += 1
  asker.ask(requests.small, sinceMs).then(({ ok, tookMs }) => {
    under -= 1
    if (!ok) failed += 1
    else if (sinceMs >= countedFromMs) latencies.push(tookMs)
    if (asker.isOpen()) free.push(asker)
    else connections -= 1
    if (waiting.length > 0) next(waiting.shift())
  })
}

function open() {
  connections += 1
  return openAsker(port)
}

const startMs = performance.now()
const countedFromMs = startMs + warmUpMs
let due = 0
while (performance.now() - startMs < durationMs) {
  for (const now = performance.now() - startMs; due < (now * perSecond) / 1000; due++)
    next(startMs + (due * 1000) / perSecond)
  await new Promise((resolve) => setTimeout(resolve, 1))
}
const endMs = performance.now() + 2_000
while (under + waiting.length > 0 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10))
process.send({
  requests: latencies.length,
  sent: due,
  failed: failed + under + waiting.length,
  ...quantiles(latencies),
})
process.exit()
