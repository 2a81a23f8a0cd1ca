import type { Readable } from 'node:stream'

const maxMs = 1_000
const maxBytes = 4 * 1024 * 1024

/**
 * Reads away what a client still sends after its answer is written, for a moment: a connection that is closed
 * with unread bytes is reset, and the client may lose the answer (RFC 9112, section 9.6).
 */
export function drainUpload(upload: Readable): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0
    const count = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) done()
    }
    const done = () => {
      clearTimeout(timer)
      upload.off('data', count).off('end', done).off('close', done)
      resolve()
    }
    const timer = setTimeout(done, maxMs)
    upload.unpipe()
    upload.on('data', count).on('end', done).on('close', done)
    upload.resume()
  })
}
