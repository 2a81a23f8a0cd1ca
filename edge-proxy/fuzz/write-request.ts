import { markOf } from './mark.ts'
import type { Random } from './random.ts'

const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'] as const
const lines = [
  'Accept: */*',
  'Cookie: a=1; b=2',
  'X-Empty:',
  'X-Latin: J\xe9r',
  'Connection: keep-alive',
  'Connection: X-Drop, X-Mark',
  'X-Drop: 1',
  'X-User-Id: root',
  'X_User_Id: root',
  'X-Forwarded-For: 6.6.6.6',
  'TE: trailers',
  'Via: 1.0 other',
  'Expect: 100-continue',
  'Range: bytes=0-1',
  'Upgrade: h2c',
  'Transfer_Encoding: chunked',
  'Content_Length: 3',
] as const

/** Writes a request that is valid, and whose body, if it has one, looks like another. */
export function writeRequest(random: Random, number: number): string {
  const mark = markOf(number)
  const method = random.pick(methods)
  const headers = new Set(['Host: a', `X-Mark: ${mark}`])
  while (random.chance(0.4)) headers.add(random.pick(lines))
  const target = random.pick([`/${mark}`, `/api/customers/${mark}`, `/${mark}?x=%2f..%00`, `/a%20b;v=1/${mark}`])
  const version = random.chance(0.05) ? '1.0' : '1.1'
  const body = random.chance(0.5) ? '' : bodyOf(random, mark)
  const framed =
    body === '' ? ['', ''] : random.chance(0.5) && version === '1.1' ? chunked(random, body) : measured(body)
  return `${method} ${target} HTTP/${version}\r\n${[...headers].join('\r\n')}\r\n${framed[0]}\r\n${framed[1]}`
}

/** The last request of a client: whoever is in step answers it, and closes. */
export function writeLast(number: number): string {
  const mark = markOf(number)
  return `GET /${mark} HTTP/1.1\r\nHost: a\r\nX-Mark: ${mark}\r\nConnection: close\r\n\r\n`
}

function bodyOf(random: Random, mark: string): string {
  const smuggled = `GET /smuggled/${mark} HTTP/1.1\r\nHost: a\r\nX-Mark: ${mark}\r\n\r\n`
  return random.pick([smuggled, `0\r\n\r\n${smuggled}`, mark, `${mark}\r\n${smuggled}x`, 'x'.repeat(random.int(300))])
}

function measured(body: string): readonly [lines: string, bytes: string] {
  return [`Content-Length: ${body.length}\r\n`, body]
}

function chunked(random: Random, body: string): readonly [lines: string, bytes: string] {
  let bytes = ''
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.int(body.length - at)
    bytes += `${size.toString(16)}${random.chance(0.1) ? ';a=b' : ''}\r\n${body.slice(at, at + size)}\r\n`
    at += size
  }
  const trailer = random.chance(0.15) ? random.pick(['X-Sum: 1\r\n', 'Host: evil\r\n']) : ''
  return ['Transfer-Encoding: chunked\r\n', `${bytes}0\r\n${trailer}\r\n`]
}
