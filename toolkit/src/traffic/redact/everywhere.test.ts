import { expect, test } from 'vitest'
import type { HeaderPair } from '../exchange.ts'
import { buildRedactor } from './redact.ts'

const redact = buildRedactor({ key: Buffer.alloc(32, 7), maxBodyBytes: 2_000_000 })
const canary = 'Xq7cAnArYzW4kk'

interface Planted {
  readonly target?: string
  readonly headers?: readonly HeaderPair[]
  readonly type?: string
  readonly body?: string
}

function stored({ target = '/', headers = [], type, body }: Planted): string {
  const kept = Buffer.from(body ?? '')
  const all = type === undefined ? headers : [...headers, ['Content-Type', type] as const]
  const message = { headers: all, body: { kept, bytes: kept.length } }
  return JSON.stringify(
    redact({
      ...{ id: 'e1', at: '2026-01-01T00:00:00.000Z', route: 'r', capability: undefined, servedBy: 'legacy' },
      ...{ caller: undefined, tookMs: 1, request: { method: 'POST', target, ...message } },
      response: { status: 200, ...message },
    }),
  )
}

const headers =
  'X-Forwarded-Authorization X-OTP X-JWT JWT X-PIN sid X-Access-Key X-Shop-Auth X-Goog-Iap-Jwt-Assertion Ocp-Apim-Subscription-Key Cookie2 X-Set-Cookie X-Forwarded-Client-Cert X-SSL-Client-Cert Client-Cert X-ARR-ClientCert'
test.each(headers.split(' '))('takes the secret out of the header %s', (name) => {
  expect(stored({ headers: [[name, canary]] })).not.toContain(canary)
})

const fields =
  'pass pw user_pwd passcode X-Amz-Signature SAMLResponse client_assertion jsessionid PHPSESSID _csrf xsrf auth_key oauth_signature id_jwt session_key newPass db_pass pass1 card_cvc cardnum user_ssn signing_key recovery_code licenseKey license_key AccountKey activation_key'
test.each(fields.split(' '))('takes the secret out of the field %s', (name) => {
  expect(
    stored({ target: `/a?${name}=${canary}`, type: 'application/json', body: `{"${name}":"${canary}"}` }),
  ).not.toContain(canary)
})

test.each('bypass compass spin shipping position keyword monkey sessionIdleMs class passenger'.split(' '))(
  'leaves the field %s alone',
  (name) => {
    expect(stored({ target: `/a?${name}=kept`, type: 'application/json', body: `{"${name}":"kept"}` })).not.toContain(
      '~tok',
    )
  },
)

test.each(['Idempotency-Key', 'Sec-WebSocket-Key', 'ETag', 'X-Request-Id'])('leaves the header %s alone', (name) => {
  expect(stored({ headers: [[name, 'kept']] })).not.toContain('~tok')
})

const html = 'text/html'
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const places: readonly (readonly [string, Planted])[] = [
  ['the session in a path', { target: `/a;jsessionid=${canary}?x=1` }],
  ['the fragment of a URL without a query', { headers: [['Location', `https://h/cb#access_token=${canary}&x=1`]] }],
  ['JSON with an ampersand that is called a form', { type: form, body: `{"password":"a&${canary}"}` }],
  ['a form that is called text', { type: 'text/plain', body: `user%5Bpassword%5D=${canary}` }],
  ['a form that is called nothing', { body: `a=1&user%5Bpassword%5D=${canary}` }],
  ['a form whose first field looks like JSON', { type: form, body: `[0][password]=${canary}` }],
  [
    'parts that are called nothing',
    { body: `--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n${canary}\r\n--b--` },
  ],
  ['a list of fields', { type: json, body: `[{"name":"password","value":"${canary}"}]` }],
  ['a list of fields, value first', { type: json, body: `[{"value":"${canary}","name":"password"}]` }],
  ['a JSON Patch', { type: json, body: `[{"op":"replace","path":"/user/password","value":"${canary}"}]` }],
  ['a key with dots or brackets', { type: json, body: `{"user[pin]":"${canary}","user.pin":"${canary}"}` }],
  ['JSON in a script', { type: 'text/javascript', body: `JSON.parse("{\\"token\\":\\"${canary}\\"}")` }],
  ['JSON in an attribute', { type: html, body: `<div data-page="{&quot;token&quot;:&quot;${canary}&quot;}">` }],
  ['JSON in an attribute, by number', { type: html, body: `<div data-page='{&#34;token&#34;:&#34;${canary}&#34;}'>` }],
  ['a meta tag', { type: html, body: `<meta name="csrf-token" content="${canary}">` }],
  [
    'a long hidden field',
    { type: html, body: `<input type="hidden" name="token" value="${canary}${'a1'.repeat(400)}">` },
  ],
  [
    'a hidden field behind a greater-than sign',
    { type: html, body: `<input data-a="x>y" name="token" value="${canary}">` },
  ],
  ['a hidden field behind another name', { type: html, body: `<input data-name="x" name="token" value="${canary}">` }],
  [
    'a hidden field behind another value',
    { type: html, body: `<input data-value="x" name="token" value="${canary}">` },
  ],
  [
    'a hidden field behind an apostrophe',
    { type: html, body: `<input alt=it's><input name="token" value='${canary}'>` },
  ],
  ['a text area', { type: html, body: `<textarea rows="3" name="token">${canary}</textarea>` }],
  ['a button', { type: html, body: `<button name="token" value="${canary}">go</button>` }],
  ['a named XML element', { type: 'text/xml', body: `<param name="password" value="${canary}"/>` }],
  ['a property list', { type: 'text/xml', body: `<key>password</key><string>${canary}</string>` }],
  [
    'a value within an element',
    { type: 'text/xml', body: `<user><password><value>${canary}</value></password></user>` },
  ],
  ['the same over lines', { type: 'text/xml', body: `<c:password x="1">\n  <c:v a="b">\n ${canary}</c:v>` }],
  [
    'a header that a page sets',
    { type: html, body: `<script>x.setRequestHeader('X-CSRF-Token', '${canary}')</script>` },
  ],
  ['a scheme and more', { type: html, body: `<script>h.set("Authorization", "Token ${canary}")</script>` }],
  ['what a page keeps', { type: 'text/javascript', body: `let a = 1; localStorage.setItem("token","${canary}")` }],
  ['a key of an API', { target: `/maps/api?key=${canary}&q=1` }],
  ['the same in a link', { headers: [['Referer', `https://maps/api?q=1&key=${canary}`]] }],
  ['the state of a log-in elsewhere', { target: `/authorize?client_id=shop&state=${canary}` }],
  ['the same, alone', { target: `/callback?state=${canary}` }],
  ['a nonce', { target: `/authorize?nonce=${canary}` }],
  ['the nonce of a form', { type: form, body: `_wpnonce=${canary}` }],
  ['the nonce of a challenge', { headers: [['WWW-Authenticate', `Digest realm="shop", nonce="${canary}", opaque=x`]] }],
  ['an opaque of a challenge', { headers: [['Proxy-Authenticate', `Digest nonce="x", opaque=${canary}`]] }],
  ['the token of a challenge', { headers: [['WWW-Authenticate', `Negotiate ${canary}${canary}==`]] }],
  ['the next nonce', { headers: [['Authentication-Info', `nextnonce="${canary}", qop=auth`]] }],
  ['a subprotocol', { headers: [['Sec-WebSocket-Protocol', `graphql-ws, ${canary}`]] }],
  ['a part of a subprotocol', { headers: [['Sec-WebSocket-Protocol', `base64url.bearer.k8s.io.${canary}`]] }],
  ['XML-RPC', { type: 'text/xml', body: `<name>password</name><value><string>${canary}</string></value>` }],
]
test.each(places)('law 8: what is stored was redacted first: %s', (_where, planted) => {
  expect(stored(planted)).not.toContain(canary)
})

test.each([
  '4111–1111–1111–1111',
  '4111 1111 1111 1111',
  '４１１１１１１１１１１１１１１１',
  '４１１１ １１１１ １１１１ １１１１',
  '4111.1111.1111.1111',
  '4111\u00a01111\u00a01111\u00a01111',
  '4111  1111  1111  1111',
])('finds the card number %s, however it is written', (number) => {
  expect(stored({ type: json, body: JSON.stringify({ note: `card ${number} ok` }) })).not.toContain(number)
})

const kept: readonly (readonly [string, Planted])[] = [
  ['a key to sort by', { target: '/a?key=price&sort=asc' }],
  ['a key that people read', { target: '/a?key=summer-sale-2026' }],
  ['a state of a country', { target: '/a?state=Massachusetts' }],
  ['a state of an order', { target: '/a?state=in_progress_2' }],
  ['a challenge', { headers: [['WWW-Authenticate', 'Basic realm="the shop of 2026", charset="UTF-8"']] }],
  [
    'subprotocols',
    { headers: [['Sec-WebSocket-Protocol', 'graphql-transport-ws, v12.stomp, wamp.2.json, v4.channel.k8s.io']] },
  ],
  ['labels', { type: html, body: `<script>t('password', 'Your password'); t("token", "Token")</script>` }],
  [
    'elements',
    { type: 'text/xml', body: '<group><name>Ada</name><!-- x --></group><passenger><value>1</value></passenger>' },
  ],
  ['dashes between years', { type: json, body: '{"note":"2019–2020, 2021–2022, 2023–2024"}' }],
]
test.each(kept)('leaves what only looks like it: %s', (_what, planted) => {
  expect(stored(planted)).not.toContain('~tok')
})

test('leaves the decimals of numbers alone', () => {
  const body = '{"pi":3.141592653589793,"a":[2.718281828459045,5.105105105105105,4111.1111]}'
  expect(stored({ type: json, body })).toContain(JSON.stringify(body))
})

const hostile: readonly (readonly [string, string])[] = [
  ['bearers without a value', 'bearer+'],
  ['tags without an end', '<input '],
  ['quotes without an end', 'token="'],
  ['entities without an end', 'token=&quot;'],
  ['keys without an end', '-----BEGIN PRIVATE KEY-----'],
  ['names of nothing', '<name>x</name><a>'],
  ['calls without an end', `('token','`],
  ['elements in elements', '<password>'],
  ['digits with dashes', '1–'],
  ['values of nothing', '{"value":1,"name":"'],
]
test.each(hostile)('reads much of %s in time that grows with its length', (_what, text) => {
  const startedAt = performance.now()
  stored({ type: html, body: text.repeat(Math.ceil(250_000 / text.length)) })
  stored({ type: json, body: `[${text.repeat(Math.ceil(250_000 / text.length))}` })
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})
