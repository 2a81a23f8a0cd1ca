import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { buildNames, systemLookup } from './names.ts'

test('a name is resolved again and again; while that fails its last addresses hold, and both changes are said once', async () => {
  const answers = [['10.0.0.1'], ['10.0.0.2'], undefined, undefined, ['10.0.0.2']]
  const { names, lines, pass } = built(async () => {
    const answer = answers.shift()
    if (answer === undefined) throw new Error('no such name')
    return answer
  })
  expect(names.addressesOf('users.example')).toEqual([])
  names.follow(['users.example', 'users.example'])
  const seen: string[] = []
  while (seen.length < 5) {
    await pass(seen.length === 0 ? 0 : 10_000)
    seen.push(names.addressesOf('users.example').join())
  }
  expect(seen).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.2'])
  expect(lines.map(({ msg }) => msg)).toEqual(['name not resolved; its last addresses hold', 'name resolved again'])
})

test('a name that is doubted is resolved at once, but not twice within a second', async () => {
  let asked = 0
  const { names, pass } = built(async () => [`10.0.0.${++asked}`])
  names.follow(['users.example'])
  await pass(999)
  names.doubt('users.example')
  names.doubt('users.example')
  names.doubt('unknown.example')
  await wait(0)
  expect(asked).toBe(1)
  await pass(1)
  expect([asked, names.addressesOf('users.example')]).toEqual([2, ['10.0.0.2']])
  await pass(5_000)
  expect(asked).toBe(2)
  names.doubt('users.example')
  await wait(0)
  expect(asked).toBe(3)
})

test('an address is no name, and a name that nobody uses any more is forgotten', async () => {
  const asked: string[] = []
  const { names, pass } = built(async (host) => {
    asked.push(host)
    return ['10.0.0.1', '10.0.0.2']
  })
  names.follow(['127.0.0.1', '[::1]', 'users.example'])
  await wait(0)
  expect(names.addressesOf('127.0.0.1')).toEqual([])
  expect(names.addressesOf('users.example')).toHaveLength(2)
  names.follow([])
  await pass(60_000)
  expect([asked, names.addressesOf('users.example')]).toEqual([['users.example'], []])
})

test("the machine's resolver knows this machine", async () => {
  expect((await systemLookup('localhost')).length).toBeGreaterThan(0)
})

/** Names on a clock that `pass` moves on. */
function built(lookup: (host: string) => Promise<readonly string[]>) {
  let nowMs = 0
  const sleepers = new Map<() => void, number>()
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      sleepers.set(resolve, nowMs + ms)
      signal?.addEventListener('abort', () => sleepers.delete(resolve) && reject(signal.reason))
    })
  const pass = async (ms: number) => {
    const end = nowMs + ms
    await wait(0)
    while (sleepers.size > 0) {
      const [[wake, atMs] = [() => undefined, Number.POSITIVE_INFINITY]] = [...sleepers].sort((a, b) => a[1] - b[1])
      if (atMs > end) break
      nowMs = atMs
      sleepers.delete(wake)
      wake()
      await wait(0)
    }
    nowMs = end
  }
  const lines: { readonly msg: string }[] = []
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) })
  const clock = { now: () => 0, monotonic: () => nowMs, sleep }
  const names = buildNames({ lookup, clock, log, changed: () => undefined })
  onTestFinished(names.close)
  return { names, lines, pass }
}
