import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { openLogDestination } from './log-destination.ts'

function inFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('lines come whole and in order, and a flush waits for the last one', async () => {
  const file = join(inFolder(), 'log')
  const log = openLogDestination(openSync(file, 'w'))
  const lines = Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"é":1}\n`)
  for (const line of lines) log.write(line)
  await log.flush()
  expect(readFileSync(file, 'utf8')).toBe(lines.join(''))
  expect(log.lost()).toBe(0)
})

test('a line is written without a flush, soon', async () => {
  const file = join(inFolder(), 'log')
  openLogDestination(openSync(file, 'w')).write('one\n')
  await eventually(() => readFileSync(file, 'utf8') === 'one\n')
})

test.skipIf(!existsSync('/dev/full'))(
  'law 9: on a full disk lines are lost past a bound, and counted; a flush ends',
  async () => {
    const log = openLogDestination(openSync('/dev/full', 'w'))
    const line = `${'x'.repeat(65_535)}\n`
    for (let i = 0; i < 300; i++) log.write(line)
    expect(log.lost()).toBe(300 - 256)
    const began = performance.now()
    await log.flush()
    expect(performance.now() - began).toBeLessThan(10_000)
  },
)

test.skipIf(process.platform === 'win32')('a reader that reads later gets what was kept for it', async () => {
  const pipe = join(inFolder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const reader = spawn('sh', ['-c', 'read go; exec cat <&3 >"$0.copy"', pipe], {
    stdio: ['pipe', 'ignore', 'ignore', openSync(pipe, 'r+')],
  })
  onTestFinished(() => void reader.kill())
  const log = openLogDestination(openSync(pipe, 'r+'))
  const line = `${'y'.repeat(999)}\n`
  for (let i = 0; i < 1000; i++) log.write(line)
  reader.stdin?.write('go\n')
  await eventually(() => existsSync(`${pipe}.copy`) && readFileSync(`${pipe}.copy`, 'utf8') === line.repeat(1000))
  expect(log.lost()).toBe(0)
})
