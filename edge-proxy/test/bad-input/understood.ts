import { chunked, get, hidden, host, post } from './bytes.ts'

/** What arrives upstream of a request: method and target, its body, and header lines that must or must not be there. */
export interface Arriving {
  readonly is: string
  readonly body?: string
  /** Header lines in lower case. */
  readonly has?: readonly string[]
  /** What no header line may contain, in lower case. */
  readonly lacks?: readonly string[]
}

/** A request that looks dangerous and has one reading: its name, its bytes, and what arrives. */
export type UnderstoodCase = readonly [name: string, bytes: string, arriving: readonly Arriving[]]

const path = (sent: string, arrives = sent): UnderstoodCase => [
  `the target ${JSON.stringify(sent.slice(0, 60))}`,
  get(sent),
  [{ is: `GET ${arrives}` }],
]
const field = (line: string, arriving: Omit<Arriving, 'is'>): UnderstoodCase => [
  JSON.stringify(line.slice(0, 70)),
  get('/f', `${line}\r\n`),
  [{ is: 'GET /f', ...arriving }],
]
const dropped = (line: string): UnderstoodCase => field(line, { lacks: ['dropme'] })
const bodied = (method: string): UnderstoodCase => [
  `${method} with a chunked body that is a request`,
  `${method} /b HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
  [{ is: `${method} /b`, body: hidden, has: ['transfer-encoding: chunked'], lacks: ['content-length'] }],
]
const measured = (method: string): UnderstoodCase => [
  `${method} with a body of a length that is a request`,
  `${method} /b HTTP/1.1\r\n${host}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
  [{ is: `${method} /b`, body: hidden, has: [`content-length: ${hidden.length}`], lacks: ['transfer-encoding'] }],
]

/** Bodies arrive framed once, as the client framed them, whatever the method (RFC 9110, section 9.3). */
export const understoodBodies: readonly UnderstoodCase[] = [
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'PROPFIND'].flatMap((method) => [
    bodied(method),
    measured(method),
  ]),
  [
    'leading zeros in a length',
    post('Content-Length: 005\r\n', 'hello'),
    [{ is: 'POST /x', body: 'hello', has: ['content-length: 5'] }],
  ],
  [
    'a length of 0 with a request behind it',
    post('Content-Length: 0\r\n', get('/y')),
    [{ is: 'POST /x', body: '' }, { is: 'GET /y' }],
  ],
  [
    'a length that ends before a request',
    post('Content-Length: 5\r\n', `hello${get('/y')}`),
    [{ is: 'POST /x', body: 'hello' }, { is: 'GET /y' }],
  ],
  ['chunks with extensions', chunked('5;a=b\r\nhello\r\n0;c="d"\r\n\r\n'), [{ is: 'POST /x', body: 'hello' }]],
  [
    'chunk sizes with zeros and capitals',
    chunked('0000A\r\n0123456789\r\n000\r\n\r\n'),
    [{ is: 'POST /x', body: '0123456789' }],
  ],
  [
    'CHUNKED in capitals',
    post('TRANSFER-ENCODING: CHUNKED\r\n', '5\r\nhello\r\n0\r\n\r\n'),
    [{ is: 'POST /x', body: 'hello', has: ['transfer-encoding: chunked'] }],
  ],
  [
    'a coding behind blanks',
    post('Transfer-Encoding: \t chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'),
    [{ is: 'POST /x', body: 'hello' }],
  ],
  ...[
    'Host: evil',
    'Authorization: Bearer x',
    'Content-Type: x/y',
    'X-User-Id: 1',
    'Cookie: a=b',
    'X_User_Id: 1',
    'X-Forwarded-For: 6.6.6.6',
    'Connection: evil',
    'Transfer_Encoding: evil',
    'X-Request-Id: evil-evil-evil',
    'Upgrade: evil',
  ].map(
    (line): UnderstoodCase => [
      `the trailer ${line}`,
      chunked(`5\r\nhello\r\n0\r\n${line}\r\n\r\n`) + get('/y'),
      [
        { is: 'POST /x', body: 'hello', lacks: ['evil', 'bearer', 'x/y', 'x-user', 'x_user', '6.6.6.6', 'cookie'] },
        { is: 'GET /y' },
      ],
    ],
  ),
]

/** Names that a client may not choose, however it spells them, and lines that belong to its own connection. */
export const understoodHeaders: readonly UnderstoodCase[] = [
  ...[
    'X-Forwarded-For',
    'x-forwarded-proto',
    'X-FORWARDED-HOST',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X_Forwarded_For',
  ].map((name) => dropped(`${name}: dropme`)),
  ...['Forwarded', 'X-Real-IP', 'X_Real_IP', 'X-Client-IP', 'True-Client-IP', 'X-Cluster-Client-Ip'].map((name) =>
    dropped(`${name}: dropme`),
  ),
  ...['Client-IP', 'CLIENT_IP', 'X-Forwarded', 'CF-Connecting-IP', 'Proxy', 'proxy', 'WL-Proxy-Client-IP'].map((name) =>
    dropped(`${name}: dropme`),
  ),
  ...['SM_USER', 'SM-User', 'iv-user', 'X-Consumer-Username', 'SSL_CLIENT_S_DN', 'Auth_User', 'X-ARR-ClientCert'].map(
    (name) => dropped(`${name}: dropme`),
  ),
  ...[
    'X-Original-URI',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X_Rewrite_URL',
    'X-HTTP-Method-Override',
    'X-Method-Override',
    'X-HTTP-Method',
  ].map((name) => dropped(`${name}: dropme`)),
  ...[
    'X-User-Id',
    'X_User_Id',
    'x-user',
    'X-User_Roles',
    'Remote-User',
    'Remote_User',
    'X-Auth-Request-User',
    'X-Banyan-Arm',
  ].map((name) => dropped(`${name}: dropme`)),
  ...[
    'Transfer_Encoding: dropme',
    'Content_Length: dropme',
    'transfer_encoding: dropme',
    'Connection_: x',
    'HOST_: x',
  ].map((line) => dropped(line)),
  ...[
    'Keep-Alive: dropme',
    'Proxy-Connection: dropme',
    'Proxy-Authorization: dropme',
    'TE: dropme',
    'Trailer: dropme',
    'HTTP2-Settings: dropme',
  ].map((line) => dropped(line)),
  ...['X-Request-Id: dropme !', 'traceparent: dropme', 'traceparent: 00-dropme', 'X-Request-Id: dropme\xe9dropme'].map(
    dropped,
  ),
  field('Connection: X-Forwarded-For, X-User-Id, X-Request-Id, Via', { has: ['x-forwarded-for: 127.0.0.1'] }),
  field('Connection: Content-Length, Transfer-Encoding, Host, Cookie\r\nCookie: a=1', {
    has: ['host: a', 'cookie: a=1'],
  }),
  field('Connection: X-Mine, x-also\r\nX-Mine: dropme\r\nX-Also: dropme\r\nX-Kept: 1', {
    has: ['x-kept: 1'],
    lacks: ['dropme'],
  }),
  field('Connection: keep-alive, __proto__, constructor, ,;', { has: ['host: a'] }),
  field('Connection: Authorization\r\nAuthorization: Bearer x', { lacks: ['bearer'] }),
  field('__proto__: x', { has: ['__proto__: x'] }),
  field('constructor: x\r\ntoString: y\r\nhasOwnProperty: z', { has: ['constructor: x', 'tostring: y'] }),
  field('Cookie: a=1\r\nX: y\r\ncookie: banyan-caller=x\r\nCookie: b=2; c=3', {
    has: ['cookie: a=1; b=2; c=3'],
    lacks: ['banyan-caller', 'cookie: b'],
  }),
  field('X: %0d%0aY: 1', { has: ['x: %0d%0ay: 1'] }),
  field('X: J\xe9r\xf4me', { has: ['x: j\xe9r\xf4me'] }),
  field('X:', { has: ['x: '] }),
  field('X: \t a \t ', { has: ['x: a'] }),
  field('Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__', {
    lacks: ['h2c', 'http2-settings'],
  }),
  field('Upgrade: websocket', { lacks: ['upgrade'] }),
  field(
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    { lacks: ['upgrade:'] },
  ),
  field('Max-Forwards: 0', { has: ['max-forwards: 0'] }),
  field('Range: bytes=0-,0-,0-,0-', { has: ['range: bytes=0-,0-,0-,0-'] }),
  ['200 header lines and not one more', get('/f', 'a: b\r\n'.repeat(199)), [{ is: 'GET /f' }]],
]

/** Targets that are sent as they are matched, and query strings that nobody reads or rewrites. */
export const understoodTargets: readonly UnderstoodCase[] = [
  path('/a%20b'),
  path('/%7euser', '/~user'),
  path('/caf%c3%a9', '/caf%C3%A9'),
  path('/caf%e9', '/caf%E9'),
  path('/a;v=1/b'),
  path('/...'),
  path('/.well-known/x'),
  path('/a%2541'),
  path('/apix'),
  path('/API/customers/7'),
  path('/api/customers/'),
  path('/?a=1&a=2&__proto__[x]=1&%&%00&../..%2f&//x&\\'.replace('\\', '%5C')),
  path(`/?${'x'.repeat(8_000)}`),
  path('/x?'),
  path('/x??'),
  path('/x?y=http://evil/../'),
  ['an absolute target of its own host', `GET http://a/x?y HTTP/1.1\r\n${host}\r\n`, [{ is: 'GET /x?y' }]],
  ['an absolute target in capitals', `GET HTTP://A/x HTTP/1.1\r\n${host}\r\n`, [{ is: 'GET /x' }]],
  ['an absolute target without a path', `GET http://a?q HTTP/1.1\r\n${host}\r\n`, [{ is: 'GET /?q' }]],
  ['two blanks in a request line', `GET  /x HTTP/1.1\r\n${host}\r\n`, [{ is: 'GET /x' }]],
  ['empty lines before a request line', `\r\n\r\n${get('/x')}`, [{ is: 'GET /x' }]],
  ['HTTP/1.0 without Host', 'GET /x HTTP/1.0\r\n\r\n', [{ is: 'GET /x' }]],
  [
    'a host with a trailing dot, a port and capitals',
    'GET /x HTTP/1.1\r\nHost: WWW.Example.:8080\r\n\r\n',
    [{ is: 'GET /x', has: ['host: www.example.:8080'] }],
  ],
  ['an IPv6 host', 'GET /x HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n', [{ is: 'GET /x', has: ['host: [::1]:8080'] }]],
  ['HEAD where only GET is named', `HEAD /api/customers/7 HTTP/1.1\r\n${host}\r\n`, [{ is: 'HEAD /api/customers/7' }]],
  [
    'a method that the capability does not name',
    `DELETE /api/customers/7 HTTP/1.1\r\n${host}\r\n`,
    [{ is: 'DELETE /api/customers/7' }],
  ],
]
