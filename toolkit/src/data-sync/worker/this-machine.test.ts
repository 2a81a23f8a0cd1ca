import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { thisMachine } from './this-machine.ts'

const machine = thisMachine()

test.runIf(process.platform === 'linux')('this process has a mark, and lives', () => {
  expect(machine.own).toMatch(/^[0-9a-f-]{36} pid:\[\d+\] \d+ \d+$/)
  expect(machine.hasEnded(String(machine.own))).toBe(false)
})

test.runIf(process.platform === 'linux')('a process that was killed has ended; one that lives has not', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const mark = markOf(child.pid)
  expect(machine.hasEnded(mark)).toBe(false)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  expect(machine.hasEnded(mark)).toBe(true)
})

test('what cannot be told from here has not ended: another boot, another pid namespace, another kind of mark', () => {
  const [boot = 'boot', namespace = 'pid:[1]'] = String(machine.own).split(' ')
  const deadPid = 2 ** 22 + 1
  expect(machine.hasEnded(`${boot} pid:[7] ${deadPid} 1`)).toBe(false)
  expect(machine.hasEnded(`00000000-0000-0000-0000-000000000000 ${namespace} ${deadPid} 1`)).toBe(false)
  expect(machine.hasEnded('somewhere:17')).toBe(false)
})

test.runIf(process.platform === 'linux')(
  'a pid that was given anew to another process is not the one that was marked',
  () => {
    expect(machine.hasEnded(String(machine.own).replace(/\d+$/, '1'))).toBe(true)
  },
)

/** The mark that a process would make of itself. */
function markOf(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return String(machine.own).replace(/\d+ \d+$/, `${pid} ${startedAt}`)
}
