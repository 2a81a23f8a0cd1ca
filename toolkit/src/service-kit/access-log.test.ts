import { Writable } from 'node:stream'
import fastify, { LogController } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { registerAccessLog } from './access-log.ts'
import { logOptions } from './logging.ts'

test('an answer is one line, without the query, which may name people', async () => {
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
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ method: 'GET', path: '/users', status: 200, msg: 'answered' })
  expect(lines.join()).not.toContain('ada')
})
