import { get, hidden, host, post } from './bytes.ts'

/** A request that has two readings or none: the row of the list, its name, its bytes, and the status that refuses it. */
export type RefusedCase = readonly [name: string, bytes: string, status: number]

const coding = (lines: string, status = 400): RefusedCase => [
  JSON.stringify(lines),
  post(`${lines}\r\n`, `0\r\n\r\n${hidden}`),
  status,
]
const length = (value: string): RefusedCase => [
  `Content-Length: ${JSON.stringify(value)}`,
  post(`Content-Length: ${value}\r\n`, 'hello'),
  400,
]

/** Two framings, repeated ones, and what only looks like a framing (RFC 9112, sections 6.1 to 6.3). */
export const refusedFraming: readonly RefusedCase[] = [
  coding('Content-Length: 6\r\nTransfer-Encoding: chunked'),
  coding('Transfer-Encoding: chunked\r\nContent-Length: 6'),
  coding('content-length: 0\r\ntransfer-encoding: chunked'),
  coding('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
  coding('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'),
  coding('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked'),
  ...[
    'chunked, chunked',
    'gzip, chunked',
    'chunked, gzip',
    'identity',
    'xchunked',
    'chunkedx',
    'chunked;x=1',
    'chunked;',
    '"chunked"',
    "'chunked'",
    ', chunked',
    'chunked,',
    'chunked chunked',
    '\x0bchunked',
    '\x0cchunked',
    'chunked\x0b',
    'chunked \t',
    '\x00chunked',
    'chun\x00ked',
    '\x85chunked',
    'chunked\xa0',
    '',
  ].map((value) => coding(`Transfer-Encoding: ${value}`)),
  coding('Transfer-Encoding : chunked'),
  coding('Transfer-Encoding\t: chunked'),
  coding(' Transfer-Encoding: chunked'),
  coding('Transfer-Encoding:\r\n chunked'),
  coding('Transfer-Encoding:\n chunked'),
  coding('Transfer\x00-Encoding: chunked'),
  coding('X: X\rTransfer-Encoding: chunked'),
  coding('X: X\nTransfer-Encoding: chunked\nX: X'),
  coding('Transfer-Encoding chunked'),
  coding(': chunked'),
  coding('Content-Length : 5'),
  ['Transfer-Encoding in HTTP/1.0', `POST /x HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  [
    'Transfer-Encoding in HTTP/1.0 that is to stay open',
    `POST /x HTTP/1.0\r\n${host}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['two different lengths', post('Content-Length: 5\r\nContent-Length: 10\r\n', 'hello'), 400],
  ['one length twice', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), 400],
  ['one length twice, in two spellings', post('Content-Length: 5\r\ncontent-length: 5\r\n', 'hello'), 400],
  ...['5, 5', '5, 10', '5,', '+5', '-1', '-0', '0x5', '0o5', '5e0', '5.0', '1_0', '1 0', '5;', ''].map(length),
  ...['99999999999999999999', '18446744073709551621', '9007199254740993', '\x0b5', '5\x00', '٥'].map(length),
  ['201 header lines', get('/', 'a: b\r\n'.repeat(200)), 431],
  [
    '2 005 small lines before a length, whose body is a request',
    get('/', `${'a:b\r\n'.repeat(2005)}Content-Length: ${hidden.length}\r\n`) + hidden,
    431,
  ],
  ['10 000 lines', get('/', 'a:b\r\n'.repeat(10_000)), 431],
  ['a value of 100 KB', get('/', `X: ${'x'.repeat(100_000)}\r\n`), 431],
  ['a name of 100 KB', get('/', `${'x'.repeat(100_000)}: x\r\n`), 431],
]
