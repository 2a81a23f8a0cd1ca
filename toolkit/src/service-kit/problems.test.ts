import fastify from 'fastify'
import supertest from 'supertest'
import { expect, onTestFinished, test } from 'vitest'
import { Fault } from '../base/index.ts'
import { registerProblems } from './problems.ts'

test('a fault is answered by the status of its code, with its message and hint', async () => {
  const agent = await appThrowing(new Fault('invoice-paid', 'the invoice is paid', { hint: 'refund it' }))
  const answer = await agent.get('/').expect(409).expect('content-type', 'application/problem+json')
  expect(JSON.parse(answer.text)).toMatchObject({
    title: 'Conflict',
    status: 409,
    code: 'invoice-paid',
    detail: 'the invoice is paid: refund it',
  })
})

test('what nobody expected is 500 and keeps its inner message to the log', async () => {
  const agent = await appThrowing(new Error('password of the database is hunter2'))
  const answer = await agent.get('/').expect(500)
  expect(answer.text).not.toContain('hunter2')
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'unexpected', status: 500 })
})

test('a fault that nobody gave a status is not shown either', async () => {
  const agent = await appThrowing(new Fault('disk-full', 'no room on /dev/secret'))
  expect((await agent.get('/').expect(500)).text).not.toContain('secret')
})

test('a body that is no JSON is 400 and says so', async () => {
  const agent = await appThrowing(new Error('unused'))
  const answer = await agent.post('/').set('content-type', 'application/json').send('{"a":').expect(400)
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'body-not-json', status: 400 })
})

test('an unknown path is a problem that names the method and path, without the query', async () => {
  const agent = await appThrowing(new Error('unused'))
  const answer = await agent.get('/nowhere?token=abc').expect(404)
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'path-unknown', detail: 'nothing answers GET /nowhere' })
})

async function appThrowing(error: Error) {
  const app = fastify()
  onTestFinished(() => app.close())
  registerProblems(app, { 'invoice-paid': 409 })
  app.get('/', async () => Promise.reject(error))
  app.post('/', async () => 'read')
  await app.ready()
  return supertest(app.server)
}
