import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { buildNames, systemLookup } from './names.ts'

test('a name is resolved again and again; while that fails its last addresses hold, and both changes are said once', async () => {
  const answers = [['10.0.0.1'], ['10.0.0.2'], undefined, undefined, ['10.0.0.2']]
  const { names, seen, lines, wake } = built(async () => {
    const answer = answers.shift()
    if (answer === undefined) throw new Error('no such name')
    return answer
  })
  expect(names.addressesOf('users.example')).toEqual([])
  names.follow(['users.example', 'users.example'])
  for (let i = 0; i < 5; i++) {
    await wait(0)
    seen.push(names.addressesOf('users.example').join())
    wake()
  }
  expect(seen).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.2'])
  expect(lines.map(({ msg }) => msg)).toEqual(['name not resolved; its last addresses hold', 'name resolved again'])
})

test('an address is no name, and a name that nobody uses any more is forgotten', async () => {
  const asked: string[] = []
  const { names, wake } = built(async (host) => {
    asked.push(host)
    return ['10.0.0.1', '10.0.0.2']
  })
  names.follow(['127.0.0.1', '[::1]', 'users.example'])
  await wait(0)
  expect(names.addressesOf('127.0.0.1')).toEqual([])
  expect(names.addressesOf('users.example')).toHaveLength(2)
  names.follow([])
  wake()
  await wait(0)
  expect([asked, names.addressesOf('users.example')]).toEqual([['users.example'], []])
})

test("the machine's resolver knows this machine", async () => {
  expect((await systemLookup('localhost')).length).toBeGreaterThan(0)
})

/** Names whose next round begins when `wake` is called. */
function built(lookup: (host: string) => Promise<readonly string[]>) {
  let wake: () => void = () => undefined
  const sleep = (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      wake = resolve
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  const lines: { readonly msg: string }[] = []
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) })
  const clock = { now: () => 0, monotonic: () => 0, sleep }
  const names = buildNames({ lookup, clock, log, changed: () => undefined })
  onTestFinished(names.close)
  return { names, lines, seen: [] as string[], wake: () => wake() }
}
