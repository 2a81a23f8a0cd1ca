import fastify from 'fastify'
import supertest from 'supertest'
import { expect, onTestFinished, test } from 'vitest'
import { registerHealth } from './health.ts'

test('healthz answers while the process lives, whatever its checks say', async () => {
  const agent = await appWith({ database: () => Promise.reject(new Error('gone')) })
  const answer = await agent.get('/healthz').expect(200)
  expect(answer.text).toBe('{"status":"ok"}')
})

test('readyz is 200 when every check holds', async () => {
  const agent = await appWith({ database: async () => 1 })
  expect((await agent.get('/readyz').expect(200)).body).toEqual({ status: 'ready', checks: { database: 'ok' } })
})

test('readyz names the check that failed, with its reason, beside those that hold', async () => {
  const agent = await appWith({ database: () => Promise.reject(new Error('no such host')), disk: async () => 1 })
  expect((await agent.get('/readyz').expect(503)).body).toEqual({
    status: 'not ready',
    checks: { database: 'no such host', disk: 'ok' },
  })
})

test('a check that hangs fails after its bound instead of hanging the answer', async () => {
  const agent = await appWith({ database: () => new Promise(() => undefined) })
  expect((await agent.get('/readyz').expect(503)).body.checks.database).toBe('no answer within 50 ms')
})

async function appWith(checks: NonNullable<Parameters<typeof registerHealth>[1]>['checks'] & object) {
  const app = fastify()
  onTestFinished(() => app.close())
  registerHealth(app, { checks, checkTimeoutMs: 50 })
  await app.ready()
  return supertest(app.server)
}
