import type { Random } from './random.ts'

const words = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\0',
    ' ',
    '\t',
    '\x0b',
    '\x7f',
    '\xff',
    ':',
    ';',
    ',',
    '0',
    '1',
    'f',
    '-',
    '+',
    '%',
  ],
  ...['Content-Length: 5\r\n', 'Content-Length: 0\r\n', 'Content-Length:5\r\n', 'Transfer-Encoding: chunked\r\n'],
  ...['Transfer-Encoding: identity\r\n', 'Transfer-Encoding: chunked, identity\r\n', 'Transfer_Encoding: chunked\r\n'],
  ...['Transfer-Encoding : chunked\r\n', 'Transfer-Encoding:\r\n chunked\r\n', 'transfer-encoding: CHUNKED\r\n'],
  ...['Connection: close\r\n', 'Connection: upgrade\r\n', 'Upgrade: websocket\r\n', 'Host: b\r\n', 'Host: a\r\n'],
  ...[
    'Connection: Content-Length, Transfer-Encoding\r\n',
    'Expect: 100-continue\r\n',
    'Trailer: Host\r\n',
    'X-User: 1\r\n',
  ],
  ...[
    '0\r\n\r\n',
    '5\r\nhello\r\n',
    '0x5\r\n',
    '5;a=b\r\n',
    'fffffffffffffffff\r\n',
    '0\r\nX: y\r\n\r\n',
    '00',
    '1\r\na\r\n',
  ],
  ...[
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'HTTP/1.0',
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.1',
    'http://a',
    '//',
    '/../',
    '%2e%2e',
  ],
  ...[
    '%2f',
    '%00',
    '#',
    '\\',
    '?',
    '..;/',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
    '101',
    '304',
  ],
] as const

/** Changes a message in one to four places: bytes, words that framing hangs on, or whole lines. */
export function mutate(random: Random, text: string): string {
  let mutated = text
  for (let i = 1 + random.int(4); i > 0; i--) mutated = random.pick(changes)(random, mutated)
  return mutated
}

type Change = (random: Random, text: string) => string

const insertWord: Change = (random, text) => splice(text, random.int(text.length + 1), 0, random.pick(words))
const insertLine: Change = (random, text) => {
  const ends = lineEnds(text)
  return splice(text, ends.length === 0 ? 0 : random.pick(ends), 0, random.pick(words))
}
const deleteBytes: Change = (random, text) =>
  splice(text, random.int(text.length + 1), 1 + random.int(random.chance(0.8) ? 3 : 40), '')
const changeByte: Change = (random, text) =>
  splice(text, random.int(text.length + 1), 1, String.fromCharCode(random.int(256)))
const changeDigit: Change = (random, text) => {
  const digits = [...text.matchAll(/\d/g)].map(({ index }) => index)
  return digits.length === 0 ? text : splice(text, random.pick(digits), 1, random.pick([...'0123456789af+-x ']))
}
const repeatPart: Change = (random, text) => {
  const from = random.int(text.length + 1)
  return splice(text, from, 0, text.slice(from, from + 1 + random.int(80)))
}
const repeatLine: Change = (random, text) => {
  const lines = text.split('\r\n')
  const from = random.int(lines.length)
  return lines.toSpliced(random.int(lines.length), 0, lines[from] ?? '').join('\r\n')
}
const swapLines: Change = (random, text) => {
  const lines = text.split('\r\n')
  const from = random.int(lines.length)
  const [line = ''] = lines.splice(from, 1)
  return lines.toSpliced(random.int(lines.length + 1), 0, line).join('\r\n')
}
// Of ASCII only: the capital of \xff is no byte.
const upper = (text: string) => text.toUpperCase()
const lower = (text: string) => text.toLowerCase()
const changeCase: Change = (random, text) => {
  const at = random.int(text.length + 1)
  const part = text.slice(at, at + 12)
  return splice(text, at, 12, random.chance(0.5) ? part.replace(/[a-z]+/g, upper) : part.replace(/[A-Z]+/g, lower))
}

const changes: readonly Change[] = [
  ...[insertWord, insertWord, insertLine, insertLine, insertLine, deleteBytes, changeByte, changeDigit],
  ...[repeatPart, repeatLine, swapLines, changeCase],
]

function splice(text: string, at: number, remove: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + remove)
}

function lineEnds(text: string): readonly number[] {
  return [...text.matchAll(/\r\n/g)].map(({ index }) => index + 2)
}
