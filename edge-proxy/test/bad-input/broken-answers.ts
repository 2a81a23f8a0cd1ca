/** What an upstream writes for one request: its name, its bytes. */
export type UpstreamBytes = readonly [name: string, bytes: string]

const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON'
const ok = (lines: string, body = ''): string => `HTTP/1.1 200 OK\r\n${lines}\r\n${body}`

/** Answers that are none, or more than one: 502, and nothing of them goes on (RFC 9112, sections 4, 5 and 6.3). */
export const brokenAnswers: readonly UpstreamBytes[] = [
  ['nothing', ''],
  ['an alert of TLS', '\x15\x03\x01\x00\x02\x02\x50'],
  ['HTTP/0.9', '<html>POISON</html>'],
  ['an empty line and a body', '\r\n\r\nPOISON'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status that is no number', 'HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n'],
  ...['099', '600', '999', '000'].map(
    (status): UpstreamBytes => [`status ${status}`, `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`],
  ),
  [
    'status 101, for which nobody asked',
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${poison}`,
  ],
  ['a request', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['HTTP/2.0', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['another protocol', 'ICY 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['two lengths', ok('Content-Length: 1\r\nContent-Length: 2\r\n', 'ab')],
  ['two lengths in two spellings', ok('Content-Length: 1\r\ncontent-length: 2\r\n', 'ab')],
  ['a list of lengths', ok('Content-Length: 1, 2\r\n', 'ab')],
  ...['+1', '-1', '0x1', '1 1', 'a', '99999999999999999999'].map(
    (length): UpstreamBytes => [`a length of ${length}`, ok(`Content-Length: ${length}\r\n`, 'a')],
  ),
  ['both framings', ok('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['both framings, the other way round', ok('Transfer-Encoding: chunked\r\nContent-Length: 1\r\n', '0\r\n\r\n')],
  ['a fold', ok('X: a\r\n b\r\nContent-Length: 0\r\n')],
  ['a blank before a colon', ok('Content-Length : 0\r\n')],
  ['a line without a colon', ok('X\r\nContent-Length: 0\r\n')],
  ['NUL in a value', ok('X: a\0b\r\nContent-Length: 0\r\n')],
  ['CR in a value', ok('X: a\rSet-Cookie: POISON\r\nContent-Length: 0\r\n')],
  ['a control character in a value', ok('X: a\x01b\r\nContent-Length: 0\r\n')],
  ['a control character in a name', ok('X\x01: a\r\nContent-Length: 0\r\n')],
  ['a head of 100 KB', ok(`X: ${'x'.repeat(100_000)}\r\nContent-Length: 0\r\n`)],
  ['2 005 lines before a length', ok(`${'a:b\r\n'.repeat(2005)}Content-Length: 6\r\n`, 'POISON')],
]

/** Answers that break off, or break the rules, after they began: visibly cut, never completed. */
export const cutAnswers: readonly UpstreamBytes[] = [
  ['a length of 100 and 10 bytes', ok('Content-Length: 100\r\n', '0123456789')],
  ['chunks without a last one', ok('Transfer-Encoding: chunked\r\n', 'a\r\n0123456789\r\n')],
  ['half a chunk', ok('Transfer-Encoding: chunked\r\n', 'ff\r\n0123456789')],
  ['a last chunk without its end', ok('Transfer-Encoding: chunked\r\n', 'a\r\n0123456789\r\n0\r\n')],
  ...['zz', '0x1', '-1', '+1', 'FFFFFFFFFFFFFFFFF', '1 1', ''].map(
    (size): UpstreamBytes => [
      `the chunk size ${JSON.stringify(size)}`,
      ok('Transfer-Encoding: chunked\r\n', `a\r\n0123456789\r\n${size}\r\na\r\n0\r\n\r\n`),
    ],
  ),
  [
    'a chunk extension of 100 KB',
    ok('Transfer-Encoding: chunked\r\n', `5;${'x'.repeat(100_000)}\r\n01234\r\n0\r\n\r\n`),
  ],
  ['a chunk extension without an end', ok('Transfer-Encoding: chunked\r\n', `5;${'x'.repeat(100_000)}`)],
  [
    'a chunk size of 100 KB of zeros',
    ok('Transfer-Encoding: chunked\r\n', `${'0'.repeat(100_000)}5\r\n01234\r\n0\r\n\r\n`),
  ],
  ['trailers of 1 MB', ok('Transfer-Encoding: chunked\r\n', `5\r\n01234\r\n0\r\n${'X: y\r\n'.repeat(160_000)}\r\n`)],
  ['a trailer with a control character', ok('Transfer-Encoding: chunked\r\n', '5\r\n01234\r\n0\r\nX: a\x00b\r\n\r\n')],
  ['a chunk that ends in LF', ok('Transfer-Encoding: chunked\r\n', '5\r\n01234\n0\r\n\r\n')],
  ['a chunk size that ends in LF', ok('Transfer-Encoding: chunked\r\n', '5\n01234\r\n0\r\n\r\n')],
  ['chunk data longer than its chunk', ok('Transfer-Encoding: chunked\r\n', '5\r\n0123456789\r\n0\r\n\r\n')],
]

/** Whole answers with bytes behind them, which belong to nobody. */
export const surplusAnswers: readonly UpstreamBytes[] = [
  ['a second answer', ok('Content-Length: 4\r\n', `mine${poison}`)],
  ['a second answer behind chunks', ok('Transfer-Encoding: chunked\r\n', `4\r\nmine\r\n0\r\n\r\n${poison}`)],
  ['more than its length', ok('Content-Length: 4\r\n', 'minePOISON')],
  ['one byte more', ok('Content-Length: 4\r\n', 'mineP')],
  ['204 with a body', `HTTP/1.1 204 No Content\r\n\r\n${poison}`],
  ['204 with a length and a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\nPOISON'],
  ['304 with a body', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${poison.length}\r\n\r\n${poison}`],
  ['304 with chunks', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nPOISON\r\n0\r\n\r\n'],
]
