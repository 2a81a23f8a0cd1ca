import { chunked, hidden, post } from './bytes.ts'

/** A request whose body breaks off or breaks the rules: its name and its bytes. */
export type BrokenBody = readonly [name: string, bytes: string]

const size = (text: string): BrokenBody => [
  `chunk size ${JSON.stringify(text)}`,
  chunked(`${text}\r\nhello\r\n0\r\n\r\n`),
]
const extension = (text: string): BrokenBody => [
  `chunk extension ${JSON.stringify(text)}`,
  chunked(`5;${text}\r\nhello\r\n0\r\n\r\n`),
]

/** Chunks that are none (RFC 9112, section 7.1): nobody may complete them, and nothing behind them is a request. */
export const brokenBodies: readonly BrokenBody[] = [
  ...['0x5', '+5', '-1', ' 5', '\t5', '1_0', '', '5 5', 'g', '5h', '"5"', '٥'].map(size),
  ...['FFFFFFFFFFFFFFFFF', '10000000000000005', '0'.repeat(20_000)].map(size),
  ['a chunk size that ends in LF', chunked('5\nhello\r\n0\r\n\r\n')],
  ['a chunk size that ends in CR alone', chunked('5\rhello\r\n0\r\n\r\n')],
  ['a chunk size behind CR LF', chunked('\r\n5\r\nhello\r\n0\r\n\r\n')],
  ...['a\rX', '\x00', '\n', 'a\nX', 'a="\r\n', 'a\x01', '\x7f'].map(extension),
  extension('x'.repeat(64 * 1024)),
  ['data longer than its chunk', chunked('5\r\nhello!!\r\n0\r\n\r\n')],
  ['data that ends in LF', chunked('5\r\nhello\n0\r\n\r\n')],
  ['data that ends in CR alone', chunked('5\r\nhello\r0\r\n\r\n')],
  ['data without an end', chunked('5\r\nhello0\r\n\r\n')],
  ['a last chunk that ends in LF LF', chunked('5\r\nhello\r\n0\n\n')],
  ['a last chunk that ends in CR LF LF', chunked('5\r\nhello\r\n0\r\n\n')],
  ['a last chunk of two zeros with a sign', chunked('5\r\nhello\r\n-0\r\n\r\n')],
  ['a trailer with a control character', chunked('0\r\nX: a\x00b\r\n\r\n')],
  ['a trailer that is folded', chunked('0\r\nX: a\r\n b\r\n\r\n')],
  ['a trailer without a colon', chunked('0\r\nX\r\n\r\n')],
  ['trailers of 64 KiB', chunked(`0\r\n${'X: y\r\n'.repeat(11_000)}\r\n`)],
  ['a request where a chunk size belongs', chunked(hidden)],
  ['a length as a trailer', chunked('5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n')],
  ['a coding as a trailer', chunked('5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n')],
]

/** Bodies that the client stops sending before their end: the upstream must not see a whole request. */
export const cutBodies: readonly BrokenBody[] = [
  ['a length of 100 with 10 bytes', post('Content-Length: 100\r\n', '0123456789')],
  ['a length of 999 999 999 with nothing', post('Content-Length: 999999999\r\n')],
  ['chunks without a last one', chunked('5\r\nhello\r\n')],
  ['a last chunk without its end', chunked('5\r\nhello\r\n0\r\n')],
  ['half a chunk', chunked('ff\r\nhello')],
  ['half a chunk that is a request', chunked(`ff\r\n${hidden}`)],
]
