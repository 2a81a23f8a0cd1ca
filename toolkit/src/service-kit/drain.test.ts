import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { drain, drainOnSignal, type Held } from './drain.ts'

const quiet = { info: () => undefined, error: () => undefined }

test('what is held is closed in reverse order of opening', async () => {
  const closed: string[] = []
  expect(await drain([closing('database', closed), closing('http', closed)], { log: quiet })).toBe(true)
  expect(closed).toEqual(['http', 'database'])
})

test('one that fails to close does not keep the others open, and the drain is not clean', async () => {
  const closed: string[] = []
  const broken: Held = { name: 'http', close: () => Promise.reject(new Error('stuck')) }
  expect(await drain([closing('database', closed), broken], { log: quiet })).toBe(false)
  expect(closed).toEqual(['database'])
})

test('a drain ends at its bound', async () => {
  const hanging: Held = { name: 'http', close: () => new Promise(() => undefined) }
  const started = performance.now()
  expect(await drain([hanging], { log: quiet, boundMs: 30 })).toBe(false)
  expect(performance.now() - started).toBeLessThan(2000)
})

test('the first signal drains and ends with 0, a second one ends at once with 1', async () => {
  const source = new FakeHost()
  let letGo = () => undefined as unknown
  const held: Held = { name: 'http', close: () => new Promise((resolve) => (letGo = () => resolve(undefined))) }
  drainOnSignal(source, [held], { log: quiet })
  source.emit('SIGTERM')
  expect(source.codes).toEqual([])
  source.emit('SIGINT')
  expect(source.codes).toEqual([1])
  letGo()
  await vi.waitFor(() => expect(source.codes).toEqual([1, 0]))
})

class FakeHost extends EventEmitter {
  readonly codes: number[] = []

  exit(code: number): void {
    this.codes.push(code)
  }
}

function closing(name: string, closed: string[]): Held {
  return {
    name,
    close: async () => {
      closed.push(name)
    },
  }
}
