import { Writable } from 'node:stream'
import fastify, { LogController } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { registerAccessLog } from './access-log.ts'
import { logOptions } from './logging.ts'

test('an answer is one line, without the query and without e-mail addresses in the path', async () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const app = fastify({
    logger: { ...logOptions('users'), stream },
    logController: new LogController({ disableRequestLogging: true }),
  })
  onTestFinished(() => app.close())
  registerAccessLog(app)
  app.get('/users', async () => [])
  await app.inject('/users?email=ada@example.org')
  await app.inject('/users/ada%40example.org/orders')
  await app.inject('/users/ada@example.org?x=1')
  expect(lines).toHaveLength(3)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ method: 'GET', path: '/users', status: 200, msg: 'answered' })
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ path: '/users/[redacted]/orders', status: 404 })
  expect(lines.join()).not.toContain('ada')
})
