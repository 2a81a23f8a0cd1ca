import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from './listen.ts'

test('a taken port is a fault that names the port and the variable that moves it', async () => {
  const first = await listening()
  const port = Number(new URL(first).port)
  const second = fastify()
  await expect(listen(second, { host: '127.0.0.1', port, variable: 'USERS_PORT' })).rejects.toMatchObject({
    code: 'port-taken',
    exitCode: 5,
    message: expect.stringContaining(String(port)),
    hint: expect.stringContaining('USERS_PORT'),
  })
})

test('an address of another machine is a fault', async () => {
  const app = fastify()
  await expect(listen(app, { host: '192.0.2.1', port: 0, variable: 'USERS_PORT' })).rejects.toMatchObject({
    code: 'host-unknown',
  })
})

async function listening(): Promise<string> {
  const app = fastify()
  onTestFinished(() => app.close())
  return await listen(app, { host: '127.0.0.1', port: 0, variable: 'USERS_PORT' })
}
