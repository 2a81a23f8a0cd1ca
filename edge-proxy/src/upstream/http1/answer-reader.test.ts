import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerReader, type AnswerSink } from './answer-reader.ts'
import { Invalid } from './invalid.ts'

/** What is understood of bytes: one line for each thing that is told, body parts joined. */
function understood(method: string, pieces: readonly Buffer[]): string {
  const told: string[] = []
  let body = ''
  const sink: AnswerSink = {
    interim: ({ status }) => told.push(`interim ${status}`),
    head: ({ status, reason, headers, framing, persists }) =>
      told.push(`${status} ${reason} [${headers.join('|')}] ${framing} ${persists ? 'kept' : 'ended'}`),
    part: (view) => {
      body += view.toString('latin1')
    },
    whole: (trailers) => told.push(`whole "${body}" [${trailers.join('|')}]`),
  }
  const reader = new AnswerReader(sink)
  reader.begin(method, sink)
  let surplus = 0
  for (const piece of pieces) {
    const taken = reader.take(piece)
    if (taken instanceof Invalid) return `invalid: ${taken.why}`
    surplus += piece.length - taken
  }
  if (!told.some((each) => each.startsWith('whole')))
    told.push(reader.endsByClose() ? `until close "${body}"` : 'not whole')
  return [...told, ...(surplus > 0 ? [`surplus ${surplus}`] : [])].join('\n')
}

const read = (text: string, method = 'GET') => understood(method, [Buffer.from(text, 'latin1')])
const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`

test.each([
  ['a length', `${ok}Content-Length: 2\r\n\r\nhi`, '200 OK [Content-Length|2] 2 kept\nwhole "hi" []'],
  ['no reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', '200  [Content-Length|0] 0 kept\nwhole "" []'],
  ['an empty reason', 'HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n', '404  [Content-Length|0] 0 kept\nwhole "" []'],
  ['leading zeros', `${ok}Content-Length: 002\r\n\r\nhi`, '200 OK [Content-Length|002] 2 kept\nwhole "hi" []'],
  ['neither length nor coding', `${ok}\r\nhi`, '200 OK [] until-close ended\nuntil close "hi"'],
  [
    'close',
    `${ok}Connection: x, Close\r\nContent-Length: 0\r\n\r\n`,
    '200 OK [Connection|x, Close|Content-Length|0] 0 ended\nwhole "" []',
  ],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', '200 OK [Content-Length|0] 0 ended\nwhole "" []'],
  [
    '304 with a length',
    'HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n',
    '304 No [Content-Length|9] 0 kept\nwhole "" []',
  ],
  [
    '204 with a length',
    'HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n',
    '204 No [Content-Length|9] 0 ended\nwhole "" []',
  ],
  ['204 with bytes behind it', 'HTTP/1.1 204 No\r\n\r\nhidden', '204 No [] 0 kept\nwhole "" []\nsurplus 6'],
  [
    'a second answer',
    `${ok}Content-Length: 0\r\n\r\n${ok}`,
    `200 OK [Content-Length|0] 0 kept\nwhole "" []\nsurplus ${ok.length}`,
  ],
  [
    'interim answers',
    `HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 0\r\n\r\n`,
    'interim 100\ninterim 103\n200 OK [Content-Length|0] 0 kept\nwhole "" []',
  ],
  [
    'bytes beyond ASCII',
    `${ok}X: \xe9\x80\r\nContent-Length: 0\r\n\r\n`,
    '200 OK [X|\xe9\x80|Content-Length|0] 0 kept\nwhole "" []',
  ],
  [
    'blanks around a value',
    `${ok}X: \t a b \t\r\nContent-Length: 0\r\n\r\n`,
    '200 OK [X|a b|Content-Length|0] 0 kept\nwhole "" []',
  ],
  [
    'chunks',
    `${chunked}2\r\nhi\r\nA;x="y"\r\n0123456789\r\n0\r\n\r\n`,
    '200 OK [Transfer-Encoding|chunked] chunked kept\nwhole "hi0123456789" []',
  ],
  [
    'trailers',
    `${chunked}0\r\nX-Sum: 7\r\nY: z\r\n\r\n`,
    '200 OK [Transfer-Encoding|chunked] chunked kept\nwhole "" [X-Sum|7|Y|z]',
  ],
])('reads an answer with %s', (_what, text, expected) => {
  expect(read(text)).toBe(expected)
})

test('the answer to HEAD has no body, whatever it says', () => {
  expect(read(`${ok}Content-Length: 9\r\n\r\n`, 'HEAD')).toContain('0 kept\nwhole ""')
  expect(read(chunked, 'HEAD')).toContain('0 kept\nwhole ""')
})

test.each([
  ['HTTP/0.9', '<html>hello'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['status 099', 'HTTP/1.1 099 Low\r\n\r\n'],
  ['status 999', 'HTTP/1.1 999 High\r\n\r\n'],
  ['status 600', 'HTTP/1.1 600 High\r\n\r\n'],
  ['two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a sign', 'HTTP/1.1 +20 OK\r\n\r\n'],
  ['two blanks', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
  ['a storm of interim answers', 'HTTP/1.1 100 Go\r\n\r\n'.repeat(17)],
  ['two equal lengths', `${ok}Content-Length: 2\r\ncontent-length: 2\r\n\r\nhi`],
  ['two lengths in one', `${ok}Content-Length: 2, 2\r\n\r\nhi`],
  ['length and coding', `${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a signed length', `${ok}Content-Length: +2\r\n\r\nhi`],
  ['an empty length', `${ok}Content-Length:\r\n\r\n`],
  ['a huge length', `${ok}Content-Length: 9999999999999999\r\n\r\n`],
  ['two codings', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['chunked twice', `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['identity', `${ok}Transfer-Encoding: identity\r\n\r\n`],
  ['an empty coding', `${ok}Transfer-Encoding:\r\n\r\n`],
  ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a blank before the colon', `${ok}Content-Length : 2\r\n\r\nhi`],
  ['a folded line', `${ok}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
  ['no colon', `${ok}Content-Length\r\n\r\n`],
  ['no name', `${ok}: x\r\nContent-Length: 0\r\n\r\n`],
  ['NUL', `${ok}X: a\0b\r\nContent-Length: 0\r\n\r\n`],
  ['a control character', `${ok}X: a\x1bb\r\nContent-Length: 0\r\n\r\n`],
  ['a control character in the reason', 'HTTP/1.1 200 O\x07K\r\nContent-Length: 0\r\n\r\n'],
  ['a bare CR in a value', `${ok}X: a\rContent-Length: 5\r\n\r\n`],
  ['a bare LF in a value', `${ok}X: a\nContent-Length: 5\r\n\r\n`],
  ['a bare LF in the reason', 'HTTP/1.1 200 OK\nX: y\r\nContent-Length: 0\r\n\r\n'],
  ['bare LFs alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['a line end in front', `\r\n${ok}Content-Length: 0\r\n\r\n`],
  ['201 header lines', `${ok}${'X: y\r\n'.repeat(201)}\r\n`],
  ['65 KiB of head', `${ok}X: ${'y'.repeat(66_000)}`],
  ['a broken chunk size', `${chunked}0x5\r\nhello\r\n`],
  ['a negative chunk size', `${chunked}-1\r\n`],
  ['a blank before a chunk size', `${chunked} 5\r\nhello\r\n0\r\n\r\n`],
  ['a blank behind a chunk size', `${chunked}5 \r\nhello\r\n0\r\n\r\n`],
  ['an empty chunk size', `${chunked}\r\nhello\r\n`],
  ['17 digits of a chunk size', `${chunked}00000000000000005\r\nhello\r\n`],
  ['a chunk size that ends with LF', `${chunked}5\nhello\r\n0\r\n\r\n`],
  ['a control character in an extension', `${chunked}5;\0\r\nhello\r\n0\r\n\r\n`],
  ['a chunk that is longer than it says', `${chunked}2\r\nhello\r\n0\r\n\r\n`],
  ['a chunk that is shorter than it says', `${chunked}6\r\nhello\r\n0\r\n\r\n`],
  ['20 KiB of extensions', `${chunked}${`1;${'x'.repeat(2000)}\r\ny\r\n`.repeat(10)}`],
  ['20 KiB of trailers', `${chunked}0\r\n${`X: ${'y'.repeat(2000)}\r\n`.repeat(10)}\r\n`],
  ['a broken trailer', `${chunked}0\r\nX : y\r\n\r\n`],
  ['an endless line in a body', `${chunked}${'1'.repeat(20_000)}`],
])('refuses an answer with %s', (_what, text) => {
  expect(read(text)).toMatch(/^invalid: /)
})

test('what is not whole is not whole, wherever it is cut', () => {
  for (const text of [`${ok}Content-Length: 2\r\n\r\nhi`, `${chunked}2\r\nhi\r\n0\r\nX: y\r\n\r\n`]) {
    for (let at = 1; at < text.length; at++) expect(read(text.slice(0, at))).toContain('not whole')
  }
})

test('property: bytes mean the same in whatever pieces they come', () => {
  const answers = fc.constantFrom(
    `HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 12\r\nX: y\r\n\r\nhello, world${ok}`,
    `${chunked}2;a=b\r\nhi\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 7\r\n\r\nsurplus`,
    `${ok}X: y\r\n\r\nuntil the end\r\n\r\n`,
    `${chunked}2\r\nhi\r\n3\r\nfour\r\n0\r\n\r\n`,
    `${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi`,
    'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n',
  )
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 12 })
  fc.assert(
    fc.property(answers, cuts, (text, positions) => {
      const bytes = Buffer.from(text, 'latin1')
      const edges = [...new Set([0, ...positions.filter((at) => at < bytes.length), bytes.length])].sort(
        (a, b) => a - b,
      )
      const pieces = edges.slice(1).map((to, n) => Buffer.from(bytes.subarray(edges[n], to)))
      const inPieces = understood('GET', pieces)
      const whole = understood('GET', [bytes])
      if (whole.startsWith('invalid')) expect(inPieces).toMatch(/^invalid/)
      else expect(inPieces).toBe(whole)
    }),
  )
})
