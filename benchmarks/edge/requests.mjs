// What the loads send, and a connection that sends it and reads whole answers.
import { connect } from 'node:net'

const head = 'Host: shop.example\r\nUser-Agent: bench\r\nAccept: application/json\r\n'
/** What a POST sends: 1 KiB. */
export const json = `{"note":"${'x'.repeat(1011)}"}`

/** The bytes of one request of each kind. */
export const requests = {
  small: Buffer.from(`GET /api/customers/7 HTTP/1.1\r\n${head}\r\n`),
  post: Buffer.from(
    `POST /api/customers/7 HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  ),
  '64k': Buffer.from(`GET /api/customers/64k HTTP/1.1\r\n${head}\r\n`),
  '1m': Buffer.from(`GET /api/customers/1m HTTP/1.1\r\n${head}\r\n`),
}

const nothing = Buffer.alloc(0)

/** A kept connection: `ask` sends and resolves with `{ ok, tookMs }` when the answer is whole; never rejects. */
export function openAsker(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let waiting
  let begun = nothing
  let left = 0
  let ok = false
  const done = (whole) => {
    const { resolve, sinceMs } = waiting ?? {}
    waiting = undefined
    resolve?.({ ok: whole && ok, tookMs: performance.now() - sinceMs })
  }
  socket.on('error', () => undefined)
  socket.on('close', () => done(false))
  socket.on('data', (chunk) => {
    if (left > 0) left -= chunk.length
    else {
      begun = begun.length === 0 ? chunk : Buffer.concat([begun, chunk])
      const end = begun.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = begun.latin1Slice(0, end + 2)
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
      ok = head.startsWith('HTTP/1.1 200') && length !== undefined
      left = Number(length ?? 0) - (begun.length - end - 4)
      begun = nothing
    }
    if (left <= 0) done(true)
  })
  return {
    isOpen: () => !socket.destroyed,
    ask: (bytes, sinceMs = performance.now()) =>
      new Promise((resolve) => {
        waiting = { resolve, sinceMs }
        if (socket.destroyed) done(false)
        else socket.write(bytes)
      }),
    close: () => socket.destroy(),
  }
}

/** `{ p50, p99, longest }` of latencies in ms. */
export function quantiles(latencies) {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), longest: at(1) }
}
