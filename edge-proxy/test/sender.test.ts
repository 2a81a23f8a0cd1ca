import { expect, test } from 'vitest'
import { defaultTimeouts, type UpstreamFault } from '../src/upstream/sender.ts'
import { eventually } from './eventually.ts'
import {
  okWith,
  openBody,
  openSender,
  readAnswer,
  readBody,
  requestTo,
  shownOf,
  startSpeaking,
} from './sender-fixture.ts'

const times = defaultTimeouts({ timeoutMs: 10_000 })

test('requests one after the other go on one connection, and requests at once on several', async () => {
  const upstream = await startSpeaking(() => okWith('ok'))
  const sender = openSender()
  const request = requestTo(upstream.url)
  for (let n = 0; n < 5; n++) expect(await shownOf(sender.send(request))).toBe('200 ok')
  expect(upstream.connections()).toBe(1)
  await Promise.all([1, 2, 3].map(() => shownOf(sender.send(request))))
  expect(upstream.connections()).toBe(3)
})

test('a request is sent byte for byte as it says, and its answer is read byte for byte', async () => {
  const upstream = await startSpeaking(() => okWith('\xe9\0\xff', 'X-Odd: \xe9\r\nx-odd: 2\r\n'))
  const headers = ['Host', 'a', 'X-Mine', '\xe9', 'x-mine', '2']
  const answer = await readAnswer(openSender().send(requestTo(upstream.url, { target: '/a?b=%20', headers })))
  expect(upstream.received()).toBe('GET /a?b=%20 HTTP/1.1\r\nHost: a\r\nX-Mine: \xe9\r\nx-mine: 2\r\n\r\n')
  expect(answer).toMatchObject({ headers: ['X-Odd', '\xe9', 'x-odd', '2', 'Content-Length', '3'], body: '\xe9\0\xff' })
})

test('what would end a line of the request early is not sent at all', async () => {
  const upstream = await startSpeaking(() => okWith('ok'))
  const sender = openSender()
  for (const wanted of [
    { headers: ['Host', 'a\r\nX: y'] },
    { headers: ['Host\r\nX', 'a'] },
    { headers: ['Host', 'a\0'] },
    { target: '/ HTTP/1.1\r\nX: y' },
    { method: 'GET / HTTP/1.1\r\n' },
  ]) {
    expect(await shownOf(sender.send(requestTo(upstream.url, wanted)))).toBe('upstream-unreachable, sent nothing')
  }
  expect(upstream.received()).toBe('')
})

test.each([
  ['an answer that is none', '<html>', 'upstream-invalid, sent maybe'],
  ['two lengths', okWith('hi', 'Content-Length: 3\r\n'), 'upstream-invalid, sent maybe'],
  ['a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n', '(cut|upstream-invalid)'],
  ['bytes behind a 204', 'HTTP/1.1 204 No\r\n\r\nhidden', '204 '],
  ['a second answer', okWith('one') + okWith('two'), '200 one'],
  ['a connection that ends', okWith('one', 'Connection: close\r\n'), '200 one'],
])('after %s nothing more is sent on its connection', async (_what, answer, expected) => {
  const upstream = await startSpeaking(() => answer)
  const sender = openSender()
  const request = requestTo(upstream.url)
  for (let n = 1; n <= 3; n++) {
    expect(await shownOf(sender.send(request))).toMatch(new RegExp(`^${expected}`))
    expect(upstream.connections()).toBe(n)
  }
  await eventually(() => upstream.open() === 0)
})

test('bytes that nobody asked for end an idle connection', async () => {
  const upstream = await startSpeaking((_piece, socket) => {
    setTimeout(() => socket.write(okWith('planted')), 20)
    return okWith('asked')
  })
  const sender = openSender()
  expect(await shownOf(sender.send(requestTo(upstream.url)))).toBe('200 asked')
  await eventually(() => upstream.open() === 0)
  expect(await shownOf(sender.send(requestTo(upstream.url)))).toBe('200 asked')
})

test('a kept connection that dies without an answer: a GET goes out once more on a new one, a POST does not', async () => {
  const seen: string[] = []
  const upstream = await startSpeaking((piece, socket, connection) => {
    seen.push(`${piece.slice(0, 4).trim()} on ${connection}`)
    if (seen.filter((each) => each.endsWith(` on ${connection}`)).length === 1) return okWith('ok')
    socket.destroy()
    return undefined
  })
  const sender = openSender()
  const post = { method: 'POST', headers: ['Host', 'a', 'Content-Length', '1'], body: Buffer.from('x') }
  expect(await shownOf(sender.send(requestTo(upstream.url)))).toBe('200 ok')
  expect(await shownOf(sender.send(requestTo(upstream.url)))).toBe('200 ok')
  expect(await shownOf(sender.send(requestTo(upstream.url, post)))).toBe('upstream-closed, sent maybe')
  expect(seen).toEqual(['GET on 1', 'GET on 1', 'GET on 2', 'POST on 2'])
})

test('where as many connections lie idle as may, and all for long, the one that was just used is kept', async () => {
  const upstream = await startSpeaking(() => okWith('ok', 'Keep-Alive: timeout=60\r\n'))
  const sender = openSender()
  const get = requestTo(upstream.url)
  const post = requestTo(upstream.url, { method: 'POST', headers: ['Host', 'a', 'Content-Length', '0'] })
  await Promise.all(Array.from({ length: 256 }, () => shownOf(sender.send(get))))
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  for (let n = 0; n < 5; n++) expect(await shownOf(sender.send(post))).toBe('200 ok')
  expect(upstream.connections()).toBe(257)
})

test('a kept connection that ends before anything is written on it takes nothing with it: a POST goes out on a new one', async () => {
  const upstream = await startSpeaking((piece, socket, connection) => {
    if (connection > 1) return piece.includes('hello') ? okWith('all of it') : undefined
    socket.end(okWith('first'), 'latin1')
    return undefined
  })
  const sender = openSender()
  expect(await shownOf(sender.send(requestTo(upstream.url)))).toBe('200 first')
  // The end has come and is not read yet.
  await new Promise(setImmediate)
  const body = openBody()
  body.end('hello')
  const headers = ['Host', 'a', 'Content-Length', '5']
  expect(await shownOf(sender.send(requestTo(upstream.url, { method: 'POST', headers, body })))).toBe('200 all of it')
  expect(upstream.received().split('hello')).toHaveLength(2)
  expect(upstream.connections()).toBe(2)
})

test('a connection that dies on its first request is a fault, also for a GET', async () => {
  const upstream = await startSpeaking((_piece, socket) => void socket.destroy())
  expect(await shownOf(openSender().send(requestTo(upstream.url)))).toBe('upstream-closed, sent maybe')
  expect(upstream.connections()).toBe(1)
})

test('a request that may not be sent twice takes no connection that lay idle for long', async () => {
  const upstream = await startSpeaking(() => okWith('ok', 'Keep-Alive: timeout=60\r\n'))
  const sender = openSender()
  const post = requestTo(upstream.url, { method: 'POST', headers: ['Host', 'a', 'Content-Length', '0'] })
  await shownOf(sender.send(post))
  await shownOf(sender.send(post))
  expect(upstream.connections()).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  await shownOf(sender.send(post))
  expect(upstream.connections()).toBe(2)
  await shownOf(sender.send(requestTo(upstream.url)))
  expect(upstream.connections()).toBe(2)
})

test('a connection is ended before the time that its upstream gives it', async () => {
  const upstream = await startSpeaking(() => okWith('ok', 'Keep-Alive: timeout=1, max=100\r\n'))
  await shownOf(openSender().send(requestTo(upstream.url)))
  expect(upstream.open()).toBe(1)
  await eventually(() => upstream.open() === 0, 5_000)
})

test('what is more than the connections waits in a bounded line, and no longer than its time', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const upstream = await startSpeaking((_piece, socket) => {
    void held.then(() => socket.write(okWith('ok')))
    return undefined
  })
  const sender = openSender()
  const limits = { maxConnections: 2, maxWaiting: 2, maxWaitMs: 60_000 }
  const send = (maxWaitMs = 60_000) => sender.send(requestTo(upstream.url, { limits: { ...limits, maxWaitMs } }))
  const running = [shownOf(send()), shownOf(send())]
  expect(await shownOf(send(60))).toBe('upstream-busy, sent nothing')
  const left = send()
  const waiting = [shownOf(left), shownOf(send())]
  expect(await shownOf(send())).toBe('upstream-busy, sent nothing')
  left.leave()
  expect(await waiting[0]).toBe('client-gone, sent nothing')
  const next = shownOf(send())
  release()
  expect(await Promise.all([...running, waiting[1], next])).toEqual(['200 ok', '200 ok', '200 ok', '200 ok'])
  expect(upstream.connections()).toBe(2)
})

test('a connection that dies makes room for who waits', async () => {
  const upstream = await startSpeaking((_piece, socket, connection) => {
    if (connection > 1) return okWith('ok')
    socket.destroy()
    return undefined
  })
  const sender = openSender()
  const limits = { maxConnections: 1, maxWaiting: 5, maxWaitMs: 60_000 }
  const [first, second] = [1, 2].map(() => shownOf(sender.send(requestTo(upstream.url, { limits }))))
  expect(await first).toBe('upstream-closed, sent maybe')
  expect(await second).toBe('200 ok')
})

test('a request that goes out once more takes the place of its connection, and nobody in the line takes it, too', async () => {
  let asked = 0
  const upstream = await startSpeaking((_piece, socket, connection) => {
    asked += 1
    if (asked === 1) return okWith('first')
    if (connection === 1) socket.destroy()
    return undefined
  })
  const sender = openSender()
  const limits = { maxConnections: 1, maxWaiting: 1, maxWaitMs: 10_000 }
  const url = new URL(upstream.url)
  await readAnswer(sender.send(requestTo(url, { limits })))
  const [again, waiting] = [sender.send(requestTo(url, { limits })), sender.send(requestTo(url, { limits }))]
  await eventually(() => asked >= 3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect([upstream.connections(), upstream.open()]).toEqual([2, 1])
  for (const sending of [again, waiting]) sending.leave()
})

test('each time-out has its own fault', async () => {
  const silent = await startSpeaking(() => undefined)
  const stuck = await startSpeaking(() => 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')
  const dripping = await startSpeaking((_piece, socket) => {
    const timer = setInterval(() => socket.write('.'), 20)
    socket.on('close', () => clearInterval(timer))
    return 'HTTP/1.1 200 OK\r\n\r\n'
  })
  const sender = openSender()
  const secure = silent.url.replace('http:', 'https:')
  const ask = (url: string, timeouts: Partial<typeof times>) =>
    shownOf(sender.send(requestTo(url, { timeouts: { ...times, ...timeouts } })))
  expect(
    await Promise.all([
      ask(secure, { connectMs: 100 }),
      ask(silent.url, { headerMs: 100 }),
      ask(silent.url, { totalMs: 100 }),
      ask(stuck.url, { idleMs: 100 }),
      ask(dripping.url, { idleMs: 1_000, totalMs: 300 }),
    ]),
  ).toEqual([
    'upstream-connect-timeout, sent nothing',
    'upstream-timeout, sent maybe',
    'upstream-timeout, sent maybe',
    '200 half (cut: upstream-timeout)',
    expect.stringMatching(/^200 \.+ \(cut: upstream-timeout\)$/),
  ])
  await eventually(() => silent.open() + stuck.open() + dripping.open() === 0)
})

test('a reader that waits is no silence of the upstream', async () => {
  const upstream = await startSpeaking(
    () => `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`,
  )
  const answer = await openSender().send(requestTo(upstream.url, { timeouts: { ...times, idleMs: 60 } })).answer
  if (!answer.ok) throw new Error(answer.detail)
  let bytes = 0
  const end = new Promise<string>((resolve) => {
    const part = (part: Buffer) => {
      if (bytes === 0) {
        answer.body.pause()
        setTimeout(() => answer.body.resume(), 400)
      }
      bytes += part.length
    }
    answer.body.readBy({ part, ended: () => resolve('whole'), cut: ({ detail }) => resolve(detail) })
  })
  expect(await end).toBe('whole')
  expect(bytes).toBe(1_000_000)
})

test('an answer whose reader comes late is held back, and then whole', async () => {
  const body = 'x'.repeat(3_000_000)
  const upstream = await startSpeaking(() => okWith(body))
  const answer = await openSender().send(requestTo(upstream.url)).answer
  await new Promise((resolve) => setTimeout(resolve, 100))
  if (!answer.ok) throw new Error(answer.detail)
  expect((await readBody(answer)).body).toBe(body)
})

test('a body goes out as it is framed, with its trailers, and an answer comes with its own', async () => {
  const upstream = await startSpeaking((piece) =>
    piece.endsWith('\r\n\r\n') && piece.includes('X-Sum')
      ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Answer-Sum: 8\r\n\r\n'
      : undefined,
  )
  const body = openBody()
  const headers = ['Host', 'a', 'Transfer-Encoding', 'chunked']
  const trailers = () => ['X-Sum', '7']
  const sending = openSender().send(requestTo(upstream.url, { method: 'POST', headers, body, trailers }))
  body.write('hello')
  await eventually(() => upstream.received().endsWith('hello\r\n'))
  body.end('!')
  expect(await readAnswer(sending)).toMatchObject({ body: 'hi', trailers: ['X-Answer-Sum', '8'] })
  expect(upstream.received()).toContain('\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 7\r\n\r\n')
})

test.each(['shorter', 'longer'])('a body that is %s than it says is cut, and its connection ends', async (how) => {
  const upstream = await startSpeaking(() => undefined)
  const body = openBody()
  const headers = ['Host', 'a', 'Content-Length', '10']
  const sending = openSender().send(requestTo(upstream.url, { method: 'POST', headers, body }))
  body.write('12345')
  await eventually(() => upstream.received().endsWith('12345'))
  body.end(how === 'longer' ? '67890 and more' : '6')
  expect(await shownOf(sending)).toBe('client-gone, sent maybe')
  await eventually(() => upstream.open() === 0)
  expect(upstream.received()).not.toContain('more')
})

test('a body is read only as fast as the upstream takes it, and begins when a connection stands', async () => {
  const upstream = await startSpeaking((_piece, socket) => void socket.pause())
  const body = openBody()
  let wanted = 0
  const bodyWanted = () => {
    wanted += 1
  }
  const headers = ['Host', 'a', 'Content-Length', '104857600']
  openSender().send(requestTo(upstream.url, { method: 'POST', headers, body, bodyWanted }))
  expect(wanted).toBe(0)
  const piece = Buffer.alloc(65_536)
  let written = 0
  const more = () => {
    do written += piece.length
    while (body.write(piece))
  }
  body.on('drain', more)
  more()
  let before = -1
  await eventually(async () => {
    if (wanted === 1 && written === before) return true
    before = written
    await new Promise((resolve) => setTimeout(resolve, 150))
    return false
  })
  expect(written).toBeLessThan(30 * 1024 * 1024)
})

test('an answer before the end of the upload is given, and its connection is not used again', async () => {
  const upstream = await startSpeaking((piece) =>
    piece.startsWith('POST') ? 'HTTP/1.1 413 Big\r\nContent-Length: 3\r\n\r\nbig' : okWith('ok'),
  )
  const sender = openSender()
  const body = openBody()
  const headers = ['Host', 'a', 'Content-Length', '1000']
  const sending = sender.send(requestTo(upstream.url, { method: 'POST', headers, body }))
  body.write('half')
  const answer = await sending.answer
  if (!answer.ok) throw new Error(answer.detail)
  expect(answer.requestSent()).toBe(false)
  expect(await readBody(answer)).toMatchObject({ status: 413, body: 'big' })
  await eventually(() => upstream.open() === 0)
  expect(await shownOf(sender.send(requestTo(upstream.url)))).toBe('200 ok')
})

test('hints are told as they come, and other interim answers are not', async () => {
  const upstream = await startSpeaking(
    () => `HTTP/1.1 102 Busy\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a.css>\r\n\r\n${okWith('ok')}`,
  )
  const told: unknown[] = []
  const informed = (status: number, headers: readonly string[]) => void told.push([status, headers])
  expect(await shownOf(openSender().send(requestTo(upstream.url, { informed })))).toBe('200 ok')
  expect(told).toEqual([[103, ['Link', '</a.css>']]])
})

test('whoever leaves ends what runs upstream, before and within the answer', async () => {
  const upstream = await startSpeaking((piece) =>
    piece.includes('/half') ? 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf' : undefined,
  )
  const sender = openSender()
  const before = sender.send(requestTo(upstream.url))
  const within = sender.send(requestTo(upstream.url, { target: '/half' }))
  const answer = await within.answer
  expect(upstream.open()).toBe(2)
  before.leave()
  within.leave()
  expect(await before.answer).toMatchObject({ fault: 'client-gone' })
  if (!answer.ok) throw new Error(answer.detail)
  expect((await readBody(answer)).cut?.fault).toBe('client-gone')
  await eventually(() => upstream.open() === 0)
})

test('the end of an attempt is told once: whole, cut, left, dropped or failed', async () => {
  const upstream = await startSpeaking((piece, socket) => {
    if (piece.includes('/cut')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')
    else if (piece.includes('/hang')) return 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'
    else if (piece.includes('/bad')) return 'nonsense'
    else return okWith('ok')
    return undefined
  })
  const sender = openSender()
  const ends: Record<string, (string | undefined)[]> = {}
  const send = (target: string) => {
    ends[target] = []
    const over = (fault: UpstreamFault | undefined) => void ends[target]?.push(fault?.fault)
    return sender.send(requestTo(upstream.url, { target, over }))
  }
  for (const target of ['/whole', '/cut', '/bad']) await shownOf(send(target))
  const dropped = await send('/hang/dropped').answer
  if (dropped.ok) dropped.body.drop()
  const left = send('/hang/left')
  await left.answer
  left.leave()
  left.leave()
  expect(ends).toEqual({
    '/whole': [undefined],
    '/cut': ['upstream-closed'],
    '/bad': ['upstream-invalid'],
    '/hang/dropped': [undefined],
    '/hang/left': ['client-gone'],
  })
})

test('nobody there: nothing was sent', async () => {
  const sender = openSender()
  expect(await shownOf(sender.send(requestTo('http://127.0.0.1:1/')))).toBe('upstream-unreachable, sent nothing')
  expect(await shownOf(sender.send(requestTo('http://nobody.invalid/')))).toBe('upstream-unreachable, sent nothing')
})
