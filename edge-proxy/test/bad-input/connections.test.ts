import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import type { Answering } from '../strict-wire/byte-upstream.ts'
import { readAnswers } from '../strict-wire/read-answers.ts'
import { get, host, last, post } from './bytes.ts'
import { useWorld, usualRoutes } from './world.ts'

const world = useWorld((url) =>
  usualRoutes(url)
    .replace('upstreams:\n', 'upstreams:\n  down: { url: http://127.0.0.1:1, retry: off, breaker: off, eject: off }\n')
    .replace('routes:\n', 'routes:\n  - { name: down, match: { path: /down }, upstream: down }\n'),
)

function answering(answer: Answering): void {
  world().upstream.answerWith(answer)
  onTestFinished(() => world().upstream.answerWith())
}

const put = (body: string) => `PUT /x HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n${body}`

test('what a client pipelines is executed one after the other, in its order', async () => {
  const { exchange, upstream } = world()
  let running = 0
  let most = 0
  answering((request, socket) => {
    running += 1
    most = Math.max(most, running)
    // The first is the slowest: run side by side, it would end last.
    const tookMs = request.body === 'first' ? 60 : 1
    setTimeout(() => {
      running -= 1
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${request.body.length}\r\n\r\n${request.body}`)
    }, tookMs)
    return undefined
  })
  const received = await exchange(put('first') + put('second') + put('third') + last)
  const { answers, wrong } = readAnswers(received, ['PUT', 'PUT', 'PUT', 'GET'])
  expect(wrong).toBeUndefined()
  expect(answers.map(({ body }) => body)).toEqual(['first', 'second', 'third', ''])
  expect(upstream.take().requests.map(({ body }) => body)).toEqual(['first', 'second', 'third', ''])
  expect(most).toBe(1)
})

test('of what is pipelined behind a connection that has gone, nothing is executed', async () => {
  const { edge, upstream } = world()
  answering((_request, socket) => {
    setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 60)
    return undefined
  })
  const { hostname, port } = new URL(edge.address)
  const socket = connect(Number(port), hostname, () => void socket.write(put('first') + put('second')))
  const first = await eventually(() => upstream.take().requests.find(({ body }) => body === 'first'))
  socket.destroy()
  expect(first.target).toBe('/x')
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(upstream.take().requests).toEqual([])
})

test('garbage behind requests that are being answered is not answered, and they are', async () => {
  const { exchange, upstream } = world()
  answering((_request, socket) => {
    setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine'), 20)
    return undefined
  })
  for (const garbage of ['GARBAGE\r\n\r\n', get('/\x01'), '\x16\x03\x01']) {
    const { answers, wrong } = readAnswers(await exchange(put('a') + get('/x') + garbage + get('/behind')), [])
    expect({ wrong, bodies: answers.map(({ body }) => body) }).toEqual({ wrong: undefined, bodies: ['mine', 'mine'] })
    expect(upstream.take().requests.map(({ target }) => target)).toEqual(['/x', '/x'])
  }
})

test('a refusal behind requests that wait for their turn comes in its turn, and they are executed', async () => {
  const { exchange, upstream } = world()
  for (const behind of [get('/behind'), 'GARBAGE\r\n\r\n', `GET /behind HTTP/1.0\r\n\r\n${get('/too')}`]) {
    const received = await exchange(put('a') + get('/1') + get('/2') + get('/../x') + behind)
    const { answers, wrong } = readAnswers(received, [])
    expect({ wrong, statuses: answers.map(({ status }) => status) }).toEqual({
      wrong: undefined,
      statuses: [200, 200, 200, 400],
    })
    expect(upstream.take().requests.map(({ target }) => target)).toEqual(['/x', '/1', '/2'])
  }
})

test('what is pipelined behind the last request of a connection is not executed, and that one is answered', async () => {
  const { exchange, upstream } = world()
  for (const closing of [get('/1', 'Connection: close\r\n'), 'GET /1 HTTP/1.0\r\n\r\n']) {
    const { answers, wrong } = readAnswers(await exchange(put('a') + closing + get('/behind')), [])
    expect({ wrong, statuses: answers.map(({ status }) => status) }).toEqual({ wrong: undefined, statuses: [200, 200] })
    expect(upstream.take().requests.map(({ target }) => target)).toEqual(['/x', '/1'])
  }
})

test('bytes of one client never stand on the connection of another: a body that promised more ends its connections', async () => {
  const { edge, exchange, upstream } = world()
  const { hostname, port } = new URL(edge.address)
  const socket = connect(Number(port), hostname, () => void socket.write(post('Content-Length: 80\r\n', 'half')))
  await eventually(() => upstream.reading())
  socket.destroy()
  const received = await Promise.all(
    Array.from({ length: 8 }, (_, i) => exchange(get(`/${i}`, 'Connection: close\r\n'))),
  )
  for (const [i, bytes] of received.entries()) expect(readAnswers(bytes, ['GET']).answers[0]?.body).toBe(`GET /${i}`)
  await eventually(() => !upstream.reading())
  expect(upstream.take().requests.map(({ method, body }) => [method, body])).toEqual(Array(8).fill(['GET', '']))
})

test.each([
  ['100-continue', 100, 200],
  ['100-CONTINUE', 100, 200],
  ['200-ok', undefined, 417],
  ['100-continue, x', undefined, 417],
  ['', undefined, 417],
])('Expect: %j', async (expectation, interim, status) => {
  const { exchange, upstream } = world()
  const received = await exchange(post(`Expect: ${expectation}\r\nConnection: close\r\nContent-Length: 5\r\n`, 'hello'))
  const reading = readAnswers(received, ['POST'])
  expect(reading.interim).toEqual(interim === undefined ? [] : [interim])
  expect(reading.answers.map((answer) => answer.status)).toEqual([status])
  const { requests } = upstream.take()
  expect(requests.map(({ body }) => body)).toEqual(status === 200 ? ['hello'] : [])
  expect(requests.flatMap(({ headers }) => headers).filter(([name]) => /^expect$/i.test(name))).toEqual([])
})

test('a refusal is the last answer of its connection, whatever garbage comes behind it', async () => {
  const head = `HEAD / HTTP/1.1\r\n${host}Expect:\r\n\r\n`
  for (const refused of [head, get('/..'), `TRACE / HTTP/1.1\r\n${host}\r\n`, get('/', host)]) {
    const received = await world().exchange(`${refused}GARBAGE\r\n\r\n`)
    expect(received.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
  }
})

test('a HEAD whose body breaks the rules is refused without one', async () => {
  const lines = `${host}Transfer-Encoding: chunked\r\n\r\n`
  const received = await world().exchange(`HEAD / HTTP/1.1\r\n${lines}0x\r\n`)
  const { answers, wrong } = readAnswers(received, ['HEAD'])
  expect([wrong, answers.map(({ status }) => status)]).toEqual([undefined, [400]])
})

test('what is pipelined behind an answer that ends its connection is not executed: here its client was never told to go on', async () => {
  const { exchange, upstream } = world()
  const expecting = `${host}Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx`
  for (const [refused, status] of [
    [`PUT /down HTTP/1.1\r\n${expecting}`, 502],
    [`OPTIONS * HTTP/1.1\r\n${expecting}`, 204],
  ] as const) {
    const { answers } = readAnswers(await exchange(refused + put('behind') + get('/behind')), ['OPTIONS'])
    expect(answers.map((answer) => answer.status)).toEqual([status])
    expect(upstream.take().requests).toEqual([])
  }
})

test('HTTP/1.0 is told nothing of 100 Continue, and its connection ends with the answer', async () => {
  const received = await world().exchange(
    `POST /x HTTP/1.0\r\n${host}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
  )
  const reading = readAnswers(received, ['POST'])
  expect([reading.interim, reading.answers.map(({ body }) => body)]).toEqual([[], ['POST /x']])
  expect(
    world()
      .upstream.take()
      .requests.map(({ body }) => body),
  ).toEqual(['hello'])
})

test('an upload that was answered early leaves its connection to nobody', async () => {
  const { exchange, upstream } = world()
  const early = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig'
  upstream.answerWith(({ target }) =>
    target === '/last' ? undefined : 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine',
  )
  onTestFinished(() => upstream.answerWith())
  upstream.beforeBody((socket) => void socket.write(early))
  onTestFinished(() => upstream.beforeBody(undefined))
  const received = await exchange(post('Content-Length: 1000000\r\n', 'x'.repeat(1000)))
  const [answer] = readAnswers(received, ['POST']).answers
  expect([answer?.status, answer?.body]).toEqual([413, 'big'])
  upstream.beforeBody(undefined)
  const next = readAnswers(await exchange(get('/next', 'Connection: close\r\n')), ['GET'])
  expect(next.answers.map(({ body }) => body)).toEqual(['mine'])
  await eventually(() => !upstream.reading())
  expect(upstream.take().requests.map(({ target }) => target)).toEqual(['/next'])
})

test('slow readers of large answers get their own bytes, whole: nothing of one stands in the answer of another', async () => {
  const { edge, upstream } = world()
  const body = (target: string) => target.repeat(Math.ceil(1_000_000 / target.length))
  answering(({ target }) => `HTTP/1.1 200 OK\r\nContent-Length: ${body(target).length}\r\n\r\n${body(target)}`)
  const { hostname, port } = new URL(edge.address)
  const read = async (target: string) => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.write(get(target, 'Connection: close\r\n'))
    let received = ''
    for await (const piece of socket as AsyncIterable<Buffer>) {
      received += piece.toString('latin1')
      if (received.length % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return readAnswers(received, ['GET']).answers[0]?.body === body(target)
  }
  const targets = Array.from({ length: 12 }, (_, i) => `/client-${i}-`)
  expect(await Promise.all(targets.map(read))).toEqual(targets.map(() => true))
  expect(upstream.take().requests).toHaveLength(targets.length)
})

test('uploads at the same time arrive each as its own, whole', async () => {
  const { exchange, upstream } = world()
  const body = (i: number) => `<${i}>`.repeat(60_000)
  const upload = (i: number) =>
    `POST /${i} HTTP/1.1\r\n${host}Connection: close\r\nContent-Length: ${body(i).length}\r\n\r\n${body(i)}`
  const received = await Promise.all(Array.from({ length: 8 }, (_, i) => exchange(upload(i))))
  expect(received.map((bytes) => readAnswers(bytes, ['POST']).answers[0]?.body)).toEqual(
    received.map((_, i) => `POST /${i}`),
  )
  const { requests } = upstream.take()
  expect(requests.map(({ target, body: got }) => got === body(Number(target.slice(1))))).toEqual(Array(8).fill(true))
})

test('what comes behind a refusal that waits for its turn is not even read: a flood of it takes no memory', async () => {
  const { edge, upstream } = world()
  answering(() => undefined)
  const { hostname, port } = new URL(edge.address)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined).write(get('/slow') + get('/../x'))
  const piece = get('/behind').repeat(2_000)
  let taken = 0
  const pump = () => {
    taken += 1
    if (taken < 200) socket.write(piece, pump)
  }
  socket.write(piece, pump)
  await eventually(() => upstream.reading() || upstream.take().requests.length === 1)
  let before = -1
  let still = 0
  await eventually(async () => {
    still = taken === before ? still + 1 : 0
    before = taken
    await new Promise((resolve) => setTimeout(resolve, 50))
    return still === 8
  })
  // What the kernel's buffers take, of 13 MB.
  expect(taken).toBeLessThan(160)
})
