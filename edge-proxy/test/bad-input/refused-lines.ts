import { get, host } from './bytes.ts'
import type { RefusedCase } from './refused-framing.ts'

const line = (text: string, status = 400): RefusedCase => [
  JSON.stringify(text.slice(0, 60)),
  `${text}\r\n${host}\r\n`,
  status,
]
const field = (text: string): RefusedCase => [JSON.stringify(text), get('/', `${text}\r\n`), 400]
const hosted = (value: string): RefusedCase => [
  `Host: ${JSON.stringify(value)}`,
  `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
  400,
]

/** Lines that end in other ways, or hold what no line may (RFC 9112, sections 2.2, 3 and 5). */
export const refusedLines: readonly RefusedCase[] = [
  ['LF instead of CR LF, everywhere', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['LF after the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 400],
  ['LF after a header line', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n', 400],
  ['CR alone as the end of a line', 'GET / HTTP/1.1\rHost: a\r\r', 400],
  ['CR CR LF', `GET / HTTP/1.1\r\n${host}X: a\r\r\n\r\n`, 400],
  ['a head that ends in CR LF CR X', `GET / HTTP/1.1\r\n${host}\r\rX\r\n\r\n`, 400],
  ...['X: a\rb', 'X: a\0b', 'X\0: a', 'X: a\x01b', 'X: a\x7fb', 'X: \x1b[31mred', 'X: a\r\n b', 'X: a\r\n\tb'].map(
    field,
  ),
  ...['X y: a', 'X(: a', 'X@y: a', 'X"y": a', 'J\xe9r: a', 'X', ' : a', '\xff\xfe: a', 'X\x0b: a'].map(field),
  ['a header line that begins with a blank', `GET / HTTP/1.1\r\n X: a\r\n${host}\r\n`, 400],
  ...['get / HTTP/1.1', 'G\0T / HTTP/1.1', 'GET\t/\tHTTP/1.1', 'GET / HTTP/1.1 ', ' GET / HTTP/1.1'].map((text) =>
    line(text),
  ),
  ...['GET /', 'GET / HTTP/9.9', 'GET / HTTP/1.2', 'GET / HTTP/2.0', 'GET / HTTP/1.10', 'GET / http/1.1'].map((text) =>
    line(text),
  ),
  ...['GET / HTTP/1,1', 'GET / HTTP/ 1.1', 'GET / HTTP/1.1x', 'GET / ICE/1.0', 'GET HTTP/1.1'].map((text) =>
    line(text),
  ),
  ...['GE/T / HTTP/1.1', 'FOO / HTTP/1.1', '"GET" / HTTP/1.1', 'GET\r\n/ HTTP/1.1'].map((text) => line(text)),
  ['PRI * HTTP/2.0', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a method of 100 KB', `${'A'.repeat(100_000)} / HTTP/1.1\r\n${host}\r\n`, 400],
  ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
  ['a PROXY line', `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${get('/')}`, 400],
  ['CONNECT', `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`, 405],
  ['TRACE', `TRACE / HTTP/1.1\r\n${host}\r\n`, 405],
]

/** No Host, more than one, and what is none (RFC 9112, section 3.2); another authority; a header that may stand once. */
export const refusedHosts: readonly RefusedCase[] = [
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', `GET / HTTP/1.1\r\n${host}Host: b\r\n\r\n`, 400],
  ['one Host twice', `GET / HTTP/1.1\r\n${host}${host}\r\n`, 400],
  ['one Host twice, in two spellings', `GET / HTTP/1.1\r\n${host}hOST: a\r\n\r\n`, 400],
  ...['', 'a, b', 'u@h', 'u:p@h', 'h/path', 'h?q', 'h#f', 'h:', 'h:0', 'h:99999', 'h:1:2', 'h:8o'].map(hosted),
  ...['[::1', '[::1]x', '::1', '[::g]', 'a b', 'a\\b', 'a%00', 'a..b', '-', 'h\xe9', 'a\x00.b', '$', 'a;b'].map(hosted),
  ['the authority of another host', `GET http://other/x HTTP/1.1\r\n${host}\r\n`, 400],
  ['the authority of another port', `GET http://a:81/x HTTP/1.1\r\n${host}\r\n`, 400],
  ['an authority with a user', `GET http://u:p@a/x HTTP/1.1\r\n${host}\r\n`, 400],
  ['an empty authority', `GET http:///x HTTP/1.1\r\n${host}\r\n`, 400],
  ['an authority without Host', 'GET http://a/x HTTP/1.1\r\n\r\n', 400],
  ['https in the clear', `GET https://a/x HTTP/1.1\r\n${host}\r\n`, 400],
  ['file:', `GET file:///etc/passwd HTTP/1.1\r\n${host}\r\n`, 400],
  ['Authorization twice', get('/', 'Authorization: Bearer a\r\nAuthorization: Bearer b\r\n'), 400],
]
