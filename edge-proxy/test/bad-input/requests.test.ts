import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { readAnswers } from '../strict-wire/read-answers.ts'
import type { WireRequest } from '../strict-wire/read-requests.ts'
import { brokenBodies, cutBodies } from './broken-bodies.ts'
import { get, last } from './bytes.ts'
import { refusedFraming } from './refused-framing.ts'
import { refusedHosts, refusedLines } from './refused-lines.ts'
import { refusedTargets } from './refused-targets.ts'
import { type Arriving, understoodBodies, understoodHeaders, understoodTargets } from './understood.ts'
import { useWorld } from './world.ts'

const world = useWorld()
const behind = get('/behind')

describe('what has two readings or none is refused whole, and nothing behind it on its connection is executed', () => {
  test.each([...refusedFraming, ...refusedLines, ...refusedHosts, ...refusedTargets])(
    '%s',
    async (_name, bytes, status) => {
      const { exchange, upstream } = world()
      const { answers, wrong } = readAnswers(await exchange(bytes + behind), ['GET'])
      expect({ wrong, statuses: answers.map((answer) => answer.status) }).toEqual({
        wrong: undefined,
        statuses: [status],
      })
      const headers = new Map(answers[0]?.headers)
      expect(headers.get('Content-Type')).toBe('application/problem+json')
      expect(headers.get('Connection')).toBe('close')
      expect(upstream.take()).toEqual({ requests: [], unread: [] })
    },
  )
})

describe('a body that breaks the rules is completed by nobody, and what follows it is no request', () => {
  test.each(brokenBodies)('%s', async (_name, bytes) => {
    const { exchange, upstream } = world()
    const { answers, wrong } = readAnswers(await exchange(bytes + behind), ['POST'])
    expect(wrong).toBeUndefined()
    expect(answers.length).toBeLessThanOrEqual(1)
    for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400)
    await eventually(() => !upstream.reading())
    expect(upstream.take().requests).toEqual([])
  })
})

describe('a body that its client does not finish is finished by nobody', () => {
  test.each(cutBodies)('%s', async (_name, bytes) => {
    const { edge, upstream } = world()
    const { hostname, port } = new URL(edge.address)
    const socket = connect(Number(port), hostname, () => void socket.end(bytes, 'latin1'))
    socket.on('error', () => undefined).resume()
    await new Promise((resolve) => socket.once('close', resolve))
    await eventually(() => !upstream.reading())
    expect(upstream.take().requests).toEqual([])
  })
})

describe('what looks dangerous and has one reading arrives as that, once, and its connection stays in step', () => {
  test.each([...understoodBodies, ...understoodHeaders, ...understoodTargets])('%s', async (_name, bytes, arriving) => {
    const { exchange, upstream } = world()
    const received = await exchange(
      bytes + (bytes.includes('HTTP/1.0') || bytes.includes('Connection: Upgrade') ? '' : last),
    )
    const { requests, unread } = upstream.take()
    const seen = requests.filter(({ target }) => target !== '/last')
    expect(unread).toEqual([])
    expect(seen.map(({ method, target }) => `${method} ${target}`)).toEqual(arriving.map(({ is }) => is))
    for (const [i, wanted] of arriving.entries()) expectArrived(seen[i], wanted)
    const { answers, wrong } = readAnswers(received, [...seen.map(({ method }) => method), 'GET'])
    expect(wrong).toBeUndefined()
    expect(answers.every(({ status, whole }) => status === 200 && whole)).toBe(true)
  })
})

function expectArrived(request: WireRequest | undefined, { body = '', has = [], lacks = [] }: Arriving): void {
  expect(request?.looseEnds).toEqual([])
  expect(request?.body).toBe(body)
  const lines = [...(request?.headers ?? []), ...(request?.trailers ?? [])].map(([name, value]) =>
    `${name}: ${value}`.toLowerCase(),
  )
  for (const line of has) expect(lines).toContain(line)
  for (const text of lacks) expect(lines.filter((line) => line.includes(text))).toEqual([])
}
