import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Fault, systemClock } from '@banyan/toolkit/base'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createNotes, notesTwin } from './fixtures/notes.ts'
import { type TwinOptions, withTwin } from './twin.ts'

test("both arms of a stranger's application write to copies, which are gone when it has ended", async () => {
  const folder = notes()
  const seen = await withTwin({ ...notesTwin(folder), shell: shell() }, async ({ arms, replay, start }) => {
    expect(start).toBeUndefined()
    expect(await replay.compareWritten?.({ relate: () => 'unknown' })).toBeUndefined()
    const answers = await Promise.all(Object.values(arms).map(add))
    expect(readdirSync(join(folder, 'state', 'twins'))).toHaveLength(1)
    return answers
  })
  expect(seen.map(({ notes: all }) => all)).toEqual([
    ['first', 'second'],
    ['first', 'second'],
  ])
  expect(seen.map(({ database }) => /banyan_twin_\w+_(legacy|service)\.sqlite$/.exec(database)?.[1])).toEqual([
    'legacy',
    'service',
  ])
  expect(originals(folder)).toEqual([['first'], ['first']])
  expect(readdirSync(join(folder, 'state', 'twins'))).toEqual([])
})

test('an arm that ends meanwhile ends the work, with what it said last', async () => {
  const command = `NOTES_DATABASE={database} PORT={port} ${process.execPath} -e "
    require('node:http').createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1')
    setTimeout(() => { console.error('out of paper'); process.exit(7) }, 1500)"`
  const working = twinOf({ commands: { service: command } }, (signal) => {
    return new Promise((resolve) => signal?.addEventListener('abort', resolve))
  })
  const fault = await faultOf(working)
  expect(fault.code).toBe('twin-arm-failed')
  expect(fault.message).toMatch(/service arm does not run on its copy: it ended with exit code 7\n {2}\| out of paper/)
})

test('an arm that does not start is told with its log, and the other one is ended', async () => {
  const fault = await faultOf(twinOf({ commands: { service: 'echo {database} {port} is wrong >&2; exit 3' } }))
  expect(fault).toMatchObject({ code: 'twin-arm-failed', exitCode: 5 })
  expect(fault.message).toContain('it ended with exit code 3')
  expect(fault.message).toContain('is wrong')
})

test.runIf(process.platform === 'linux')(
  'an arm that opens the original is ended before anything is sent',
  async () => {
    const folder = notes()
    const { commands, ...options } = notesTwin(folder)
    const service = `NOTES_ALSO_OPENS=${join(folder, 'service.sqlite')} ${commands?.service}`
    const fault = await faultOf(
      withTwin({ ...options, commands: { ...commands, service }, shell: shell() }, async () => undefined),
    )
    expect(fault).toMatchObject({ code: 'twin-on-original', exitCode: 6 })
    expect(readdirSync(join(folder, 'state', 'twins'))).toEqual([])
  },
)

test.runIf(process.platform === 'linux')('an arm that opens the original later ends the replay', async () => {
  const folder = notes()
  const { commands, ...options } = notesTwin(folder)
  const service = `NOTES_OPENS_LATER=${join(folder, 'service.sqlite')} ${commands?.service}`
  const working = withTwin(
    { ...options, commands: { ...commands, service }, shell: shell() },
    async ({ arms, replay }) => {
      await fetch(`${arms.service}/api/notes`)
      await new Promise((resolve) => replay.signal?.addEventListener('abort', resolve))
    },
  )
  expect(await faultOf(working)).toMatchObject({ code: 'twin-on-original', exitCode: 6 })
})

test.runIf(process.platform === 'linux')(
  'the databases that the route table names stay untouched when backups of them are copied',
  async () => {
    const folder = notes()
    const live = notes()
    const { commands, place, ...options } = notesTwin(folder, { legacy: { env: 'LIVE_A' }, service: { env: 'LIVE_B' } })
    const env = { ...place.env, LIVE_A: join(live, 'legacy.sqlite'), LIVE_B: join(live, 'service.sqlite') }
    const twin = { ...options, place: { ...place, env }, shell: shell() }
    const opening = (file: string) => ({ ...commands, service: `NOTES_ALSO_OPENS=${file} ${commands?.service}` })
    const away = await faultOf(withTwin({ ...twin, commands: opening(env.LIVE_B) }, async () => undefined))
    expect(away).toMatchObject({ code: 'twin-on-original', exitCode: 6 })
    await withTwin({ ...twin, commands: opening('$LIVE_B') }, async ({ arms }) => await add(arms.service))
    expect(originals(live)).toEqual([['first'], ['first']])
  },
)

test('a command that is not told its copy is refused, and so is one that nobody gave', async () => {
  expect(await faultOf(twinOf({ commands: { service: 'node app.js {port}' } }))).toMatchObject({
    code: 'twin-without-database',
    hint: expect.stringContaining('--service-command'),
  })
  expect(await faultOf(twinOf({ commands: { service: undefined } }))).toMatchObject({ code: 'twin-command-missing' })
})

test('after a kill -9 no arm is left running, and the next start removes the copies', async () => {
  const folder = notes()
  const { child, arms } = await startTwin(folder)
  child.kill('SIGKILL')
  await vi.waitFor(() => expectNobodyAt(arms), { timeout: 10_000, interval: 20 })
  expect(readdirSync(join(folder, 'state', 'twins'))).toHaveLength(1)
  const said: string[] = []
  await withTwin({ ...notesTwin(folder), shell: { ...shell(), say: (text) => void said.push(text) } }, async () => {
    expect(readdirSync(join(folder, 'state', 'twins'))).toHaveLength(1)
  })
  expect(said[0]).toBe('(removed the copies of a replay that was killed)')
  expect(readdirSync(join(folder, 'state', 'twins'))).toEqual([])
})

test('another replay that is at work keeps its copies; asked to stop, it removes them itself', async () => {
  const folder = notes()
  const { child, arms } = await startTwin(folder)
  await withTwin({ ...notesTwin(folder), shell: shell() }, async () => {
    expect(readdirSync(join(folder, 'state', 'twins'))).toHaveLength(2)
  })
  child.kill('SIGTERM')
  await once(child, 'exit')
  await expectNobodyAt(arms)
  expect(readdirSync(join(folder, 'state', 'twins'))).toEqual([])
})

function notes(): string {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-notes-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  createNotes(folder)
  return folder
}

function shell(): TwinOptions['shell'] {
  return { say: () => {}, signal: new AbortController().signal, clock: systemClock }
}

async function twinOf(
  { commands }: Pick<TwinOptions, 'commands'>,
  work: (signal: AbortSignal | undefined) => Promise<unknown> = async () => undefined,
): Promise<unknown> {
  const options = notesTwin(notes())
  const all = { ...options, commands: { ...options.commands, ...commands }, shell: shell() }
  return await withTwin(all, async ({ replay }) => await work(replay.signal))
}

async function faultOf(working: Promise<unknown>): Promise<Fault> {
  const thrown = await working.catch((error: unknown) => error)
  if (thrown instanceof Fault) return thrown
  throw new Error(`no fault, but ${String(thrown)}`)
}

async function add(url: string): Promise<{ readonly notes: readonly string[]; readonly database: string }> {
  const answer = await fetch(`${url}/api/notes`, { method: 'POST', body: 'second' })
  return (await answer.json()) as { notes: string[]; database: string }
}

function originals(folder: string): unknown {
  return Object.entries({ legacy: 'note', service: 'notes' }).map(([arm, table]) => {
    const database = new Database(join(folder, `${arm}.sqlite`))
    const found = database.prepare(`SELECT text FROM ${table}`).pluck().all()
    database.close()
    return found
  })
}

async function startTwin(folder: string): Promise<{ readonly child: ChildProcess; readonly arms: readonly string[] }> {
  const main = new URL('fixtures/twin-main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', main, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')])
  const { arms } = JSON.parse(String(line)) as { arms: Record<string, string> }
  return { child, arms: Object.values(arms) }
}

async function expectNobodyAt(urls: readonly string[]): Promise<void> {
  for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed')
}
