import { Writable } from 'node:stream'
import fc from 'fast-check'
import fastify from 'fastify'
import supertest from 'supertest'
import { expect, onTestFinished, test } from 'vitest'
import { continueTrace, parseTraceparent, registerTracing, traceparentOf } from './tracing.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test("the specification's example is read", () => {
  expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, sampled: true })
  expect(parseTraceparent(`00-${traceId}-${spanId}-00`)?.sampled).toBe(false)
})

test('a later version is read by its first four fields', () => {
  expect(parseTraceparent(`01-${traceId}-${spanId}-01-what-the-future-will-be-like`)).toMatchObject({ traceId, spanId })
})

test.each([
  ['nothing', ''],
  ['the forbidden version', `ff-${traceId}-${spanId}-01`],
  ['an all-zero trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['an all-zero span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['more fields in version 00', `00-${traceId}-${spanId}-01-extra`],
  ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
])('%s is no trace parent', (_what, header) => {
  expect(parseTraceparent(header)).toBeUndefined()
})

test('what is passed on reads back as the same trace, whatever the header was', () => {
  fc.assert(
    fc.property(fc.option(fc.string(), { nil: undefined }), (header) => {
      const trace = continueTrace(header)
      expect(parseTraceparent(traceparentOf(trace))).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId })
    }),
  )
})

test("a request continues its caller's trace with a span of its own", async () => {
  const app = fastify()
  onTestFinished(() => app.close())
  registerTracing(app)
  app.get('/', async (request) => request.trace)
  await app.ready()
  const { body } = await supertest(app.server).get('/').set('traceparent', `00-${traceId}-${spanId}-01`)
  expect(body).toMatchObject({ traceId, parentId: spanId, sampled: true })
  expect(body.spanId).not.toBe(spanId)
})

test('each log line of a request bears its trace', async () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const app = fastify({ logger: { stream } })
  onTestFinished(() => app.close())
  registerTracing(app)
  app.get('/', async (request) => {
    request.log.info('within')
    return request.trace
  })
  const { spanId: own } = (
    await app.inject({ url: '/', headers: { traceparent: `00-${traceId}-${spanId}-01` } })
  ).json()
  expect(JSON.parse(lines.find((line) => line.includes('within')) ?? '{}')).toMatchObject({ traceId, spanId: own })
})
