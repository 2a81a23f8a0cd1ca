import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type AnswerReading, readAnswers, type WireAnswer } from '../strict-wire/read-answers.ts'
import { brokenAnswers, cutAnswers, surplusAnswers } from './broken-answers.ts'
import { get } from './bytes.ts'
import { leaveAfterFirstBytes, useWorld } from './world.ts'

const world = useWorld()
const closing = 'Connection: close\r\n'

/** What a client gets for a request to which the upstream writes these bytes, and then closes or stays. */
async function answered(bytes: string, { method = 'GET', closes = true } = {}): Promise<AnswerReading> {
  world().upstream.answerWith((_request, socket) => {
    if (closes) socket.end(bytes, 'latin1')
    else socket.write(bytes, 'latin1')
    return undefined
  })
  onTestFinished(() => world().upstream.answerWith())
  return readAnswers(await world().exchange(get('/x', closing).replace('GET', method)), [method])
}

async function only(reading: AnswerReading | Promise<AnswerReading>): Promise<WireAnswer | undefined> {
  const { answers, wrong } = await reading
  expect(wrong).toBeUndefined()
  expect(answers.length).toBeLessThanOrEqual(1)
  return answers[0]
}

/** Requests that may meet a connection which the upstream's bytes have spoilt. */
async function expectNobodyElseGets(poison: RegExp): Promise<void> {
  world().upstream.answerWith()
  for (const target of ['/1', '/2', '/3']) {
    const next = await only(readAnswers(await world().exchange(get(target, closing)), ['GET']))
    expect(next).toMatchObject({ status: 200, body: `GET ${target}` })
    expect(JSON.stringify(next)).not.toMatch(poison)
  }
}

describe('what is no answer is 502, and nothing of it reaches a client', () => {
  test.each(brokenAnswers)('%s', async (_name, bytes) => {
    const answer = await only(answered(bytes))
    expect(answer).toMatchObject({ status: 502, whole: true })
    expect(JSON.stringify(answer)).not.toContain('POISON')
    await expectNobodyElseGets(/POISON/)
  })
})

describe('an answer that is not whole is visibly cut', () => {
  test.each(cutAnswers)('%s', async (_name, bytes) => {
    const answer = await only(answered(bytes))
    if (answer?.status !== 502) expect(answer?.whole ?? false).toBe(false)
    await expectNobodyElseGets(/012345/)
  })
})

test('a client of HTTP/1.0, for whom the end of the connection ends an answer, sees it reset where the answer is cut', async () => {
  const { edge, upstream } = world()
  const endOf = (bytes: string) => {
    upstream.answerWith((_request, socket) => void socket.end(bytes))
    const { hostname, port } = new URL(edge.address)
    return new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => void socket.write('GET /x HTTP/1.0\r\n\r\n'))
      socket.resume().on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
      socket.on('end', () => resolve('end'))
    })
  }
  onTestFinished(() => upstream.answerWith())
  const chunk = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n'
  expect(await endOf(chunk)).toBe('ECONNRESET')
  expect(await endOf(`${chunk}0\r\n\r\n`)).toBe('end')
})

describe('bytes behind a whole answer reach nobody, and their connection serves nobody else', () => {
  test.each(surplusAnswers)('%s', async (_name, bytes) => {
    const answer = await only(answered(bytes, { closes: false }))
    expect(JSON.stringify(answer ?? '')).not.toContain('POISON')
    await expectNobodyElseGets(/POISON|^P/)
  })

  test('an answer to HEAD with a body', async () => {
    const bytes = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON'
    expect(await only(answered(bytes, { method: 'HEAD', closes: false }))).toMatchObject({ status: 200, body: '' })
    await expectNobodyElseGets(/POISON/)
  })

  test('bytes that come while the connection is idle', async () => {
    const { upstream, exchange } = world()
    let dropped: Promise<unknown> | undefined
    upstream.answerWith((request, socket) => {
      dropped = new Promise((resolve) => socket.once('close', resolve))
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON'), 15)
      return `HTTP/1.1 200 OK\r\nContent-Length: ${request.target.length}\r\n\r\n${request.target}`
    })
    onTestFinished(() => upstream.answerWith())
    for (let i = 0; i < 4; i++) {
      const { answers } = readAnswers(await exchange(get(`/${i}`, closing)), ['GET'])
      expect(answers.map(({ body }) => body)).toEqual([`/${i}`])
      // Earlier, the bytes might come when the connection has been given to the next request: nothing tells them from its answer.
      await dropped
    }
  })
})

describe('interim answers', () => {
  test('100 and 102 are for the edge alone, and 103 goes on or is dropped', async () => {
    const interim = ['100 Continue', '102 Processing', '103 Early Hints\r\nLink: </a.css>; rel=preload']
    const reading = await answered(
      `${interim.map((line) => `HTTP/1.1 ${line}\r\n\r\n`).join('')}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine`,
    )
    expect(reading.answers).toMatchObject([{ status: 200, body: 'mine' }])
    expect(reading.interim.filter((status) => status !== 103)).toEqual([])
  })

  test('a storm of them is not a way to keep a request for ever, and grows nothing', async () => {
    const storm = 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(5_000)
    const answer = await only(answered(storm))
    expect(answer).toMatchObject({ status: 502 })
    await expectNobodyElseGets(/102/)
  })
})

describe('lines of an answer', () => {
  const lines = async (sent: string) => {
    const answer = await only(answered(`HTTP/1.1 200 OK\r\n${sent}Content-Length: 0\r\n\r\n`))
    return answer?.headers.map(([name, value]) => `${name}: ${value}`) ?? []
  }

  test.each([
    'Connection: X-Secret\r\nX-Secret: dropme\r\n',
    'Keep-Alive: timeout=dropme\r\n',
    'Proxy-Authenticate: dropme\r\n',
    'Proxy-Connection: dropme\r\n',
    'Upgrade: dropme\r\n',
    'Trailer: dropme\r\n',
  ])('%j stays on its connection', async (sent) => {
    expect((await lines(sent)).filter((line) => line.includes('dropme'))).toEqual([])
  })

  test.each([
    'Set-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nset-cookie: __Host-b=2; Secure; Unknown=x\r\n',
    'Location: //evil.example\r\nLocation-X: javascript:alert(1)\r\n',
    'X-Latin: J\xe9r\xf4me\r\nX-Utf8: \xc3\xa9\r\n',
    'X-Percent: %0d%0aSet-Cookie: x\r\n__proto__: x\r\nconstructor: y\r\n',
    'WWW-Authenticate: Basic\r\nWWW-Authenticate: Bearer\r\n',
  ])('%j goes on byte for byte and in its order', async (sent) => {
    const got = (await lines(sent)).join('\r\n')
    expect(got).toContain(sent.trimEnd())
  })

  test('no reason phrase is no reason to refuse', async () => {
    for (const first of ['HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.0 200 OK']) {
      expect(await only(answered(`${first}\r\nContent-Length: 4\r\n\r\nmine`))).toMatchObject({
        status: 200,
        body: 'mine',
      })
    }
  })

  test('Connection: content-length in an answer takes no framing away', async () => {
    const bytes =
      'HTTP/1.1 200 OK\r\nConnection: content-length, set-cookie\r\nSet-Cookie: a=1\r\nContent-Length: 4\r\n\r\nmine'
    const answer = await only(answered(bytes, { closes: false }))
    expect(answer).toMatchObject({ body: 'mine', whole: true })
    expect(answer?.headers.map(([name]) => name)).toContain('Set-Cookie')
  })
})

test('300 downloads that their clients leave keep no connection upstream', async () => {
  const { upstream, exchange, edge } = world()
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n'
  const half = 'x'.repeat(64 * 1024)
  upstream.answerWith((_request, socket) => {
    socket.write(head + half)
    return undefined
  })
  onTestFinished(() => upstream.answerWith())
  for (let i = 0; i < 300; i += 30) {
    await Promise.all(Array.from({ length: 30 }, () => leaveAfterFirstBytes(edge.address, get('/big'))))
  }
  await eventually(() => upstream.connections() === 0)
  upstream.answerWith()
  expect(readAnswers(await exchange(get('/after', closing)), ['GET']).answers).toMatchObject([{ status: 200 }])
})
