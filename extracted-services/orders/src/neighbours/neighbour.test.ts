import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type Answer, startNeighbour } from '../../test/neighbours.ts'
import { buildNeighbour, type Patience } from './neighbour.ts'

const anything = z.unknown()
const quick: Patience = { retries: 0, failures: 99 }

test('an answer is its JSON, what is not there is undefined, and who asks is passed on', async () => {
  const { neighbour, asked } = await ask((path) => (path === '/there' ? { yes: 1 } : 404))
  expect(await neighbour.get('/there', anything, { 'x-api-key': 'key-1' })).toEqual({ yes: 1 })
  expect(await neighbour.get('/gone', anything, {})).toBeUndefined()
  expect(asked[0]?.headers['x-api-key']).toBe('key-1')
})

test('what fails once is asked again', async () => {
  let count = 0
  const { neighbour, asked } = await ask(() => (++count === 1 ? 503 : { well: true }))
  expect(await neighbour.get('/', anything, {})).toEqual({ well: true })
  expect(asked).toHaveLength(2)
})

test('one that never answers is given up after its time and its retries', async () => {
  const { neighbour, asked } = await ask(() => 'nothing', { timeoutMs: 80, retries: 2 })
  const begun = performance.now()
  await expect(neighbour.get('/', anything, {})).rejects.toMatchObject({
    code: 'users-unavailable',
    message: 'users cannot be asked: it did not answer in time',
  })
  expect(asked).toHaveLength(3)
  expect(performance.now() - begun).toBeLessThan(5000)
})

test('one that is down is said with the reason', async () => {
  const { neighbour, stop } = await ask(() => ({}))
  await stop()
  await expect(neighbour.get('/', anything, {})).rejects.toMatchObject({
    code: 'users-unavailable',
    // The address is for the log, not for who asked.
    message: 'users cannot be asked: it cannot be reached',
    cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
    hint: expect.stringContaining('nothing was written'),
  })
})

test('one that refuses the key is not asked again, and does not count as ill', async () => {
  const { neighbour, asked } = await ask((path) => (path === '/' ? 401 : {}), { failures: 1 })
  await expect(neighbour.get('/', anything, {})).rejects.toMatchObject({ message: expect.stringContaining('401') })
  expect(asked).toHaveLength(1)
  expect(await neighbour.get('/well', anything, {})).toEqual({})
})

test('after failures in a row nobody waits, until the neighbour is well again', async () => {
  let ill = true
  const { neighbour, asked } = await ask(() => (ill ? 500 : { well: true }), { retries: 0, failures: 3, openMs: 150 })
  for (let turn = 0; turn < 3; turn++) await expect(neighbour.get('/', anything, {})).rejects.toThrow('answered 500')
  await expect(neighbour.get('/', anything, {})).rejects.toThrow('failed too often just now')
  expect(asked).toHaveLength(3)
  ill = false
  await expect.poll(() => neighbour.get('/', anything, {}).catch(() => undefined)).toEqual({ well: true })
})

test('one that answers something else is not believed', async () => {
  const { neighbour } = await ask((path) => (path === '/list' ? [] : { name: 7 }))
  const named = z.object({ name: z.string() })
  await expect(neighbour.get('/', named, {})).rejects.toMatchObject({
    code: 'users-unavailable',
    message: expect.stringContaining('it answered something else: name: '),
  })
  await expect(neighbour.get('/list', named, {})).rejects.toMatchObject({ code: 'users-unavailable' })
})

test('law 9: one that answers without end, or with what is no JSON, is not believed either', async () => {
  const { neighbour } = await ask((path) => (path === '/long' ? { long: 'x'.repeat(2_000_000) } : '<html>'), quick)
  await expect(neighbour.get('/long', anything, {})).rejects.toMatchObject({ code: 'users-unavailable' })
  await expect(neighbour.get('/page', anything, {})).rejects.toMatchObject({
    message: expect.stringContaining('something else than JSON'),
  })
})

async function ask(answerTo: (path: string) => Answer, patience?: Patience) {
  const server = await startNeighbour(answerTo)
  const neighbour = buildNeighbour('users', server.url, patience)
  onTestFinished(() => neighbour.close())
  return { ...server, neighbour }
}
