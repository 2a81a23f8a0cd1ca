import { Invalid } from './invalid.ts'

const sizeLine = /^([\da-fA-F]{1,12})(?:;[\t\x20-\x7e\x80-\xff]*)?$/

/**
 * The size that begins a chunk (RFC 9112, section 7.1), its line given without CRLF; extensions mean nothing to us. A
 * blank after the size is refused: no two readers agree about it.
 */
export function readChunkSize(line: string): number | Invalid {
  const size = sizeLine.exec(line)?.[1]
  return size === undefined ? new Invalid('a broken size of a chunk') : Number.parseInt(size, 16)
}
