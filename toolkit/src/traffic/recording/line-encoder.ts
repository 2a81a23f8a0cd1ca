import { constants, createGzip } from 'node:zlib'

/** Fast rather than small: a recorder shares its machine with the traffic. JSON of exchanges still shrinks to a tenth. */
const level = 3

/** Turns lines into the bytes of a file, so that all that was encoded can be read though the file never ends. */
export interface LineEncoder {
  encode(lines: Buffer): Promise<Buffer>
  /** What still belongs to the file when nothing more comes. */
  end(): Promise<Buffer>
}

/** Bytes as they are. */
export const plainEncoder: LineEncoder = {
  encode: (lines) => Promise.resolve(lines),
  end: () => Promise.resolve(Buffer.alloc(0)),
}

/** Gzip (RFC 1952), with a sync flush after all that is given: a crash costs what was not flushed, and no more. */
export function buildGzipEncoder(): LineEncoder {
  const gzip = createGzip({ level })
  let chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  const taken = () => {
    const bytes = Buffer.concat(chunks)
    chunks = []
    return bytes
  }
  return {
    encode: (lines) =>
      new Promise((resolve, reject) => {
        gzip.once('error', reject)
        gzip.write(lines)
        gzip.flush(constants.Z_SYNC_FLUSH, () => {
          gzip.off('error', reject)
          resolve(taken())
        })
      }),
    end: () =>
      new Promise((resolve, reject) => {
        gzip.once('error', reject).once('end', () => resolve(taken()))
        gzip.end()
      }),
  }
}
