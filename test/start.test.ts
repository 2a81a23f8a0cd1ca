import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePorts, type Ports } from '../scripts/ports.ts'
import { runningDemo } from '../scripts/state.ts'

const root = path.dirname(import.meta.dirname)

describe('npm start', { timeout: 90_000 }, () => {
  test('serves the shop through the edge, also while a service has died, refuses to start twice, and leaves no process behind', async () => {
    const demo = await demoOnFreePorts()
    const first = npmStart(demo.env)
    await first.says('Ctrl-C drains and stops everything')

    const page = await fetch(`http://127.0.0.1:${demo.ports.edge}/`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<html')
    expect(first.output()).toContain('npx banyan flip users.read --serve service')
    expect(first.output()).toContain('npx banyan undo')

    const second = npmStart(demo.env)
    expect(await second.ended).toBe(6)
    expect(second.output()).toMatch(/runs already \(process \d+\)/)

    const pids = pidsOf(demo.state)
    expect(pids).toHaveLength(6)
    process.kill(runningAs(pids, 'users/src/main.ts'), 'SIGKILL')
    await first.says('users ended with SIGKILL. It starts again')
    expect((await fetch(`http://127.0.0.1:${demo.ports.edge}/`)).status).toBe(200)
    first.interrupt()
    expect(await first.ended).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
  })

  test('names a taken port and the variable that moves it', async () => {
    const demo = await demoOnFreePorts()
    const squatter = createServer().listen(demo.ports.edge, '127.0.0.1')
    await once(squatter, 'listening')
    onTestFinished(() => void squatter.close())
    const start = npmStart(demo.env)
    expect(await start.ended).toBe(6)
    expect(start.output()).toContain(`port ${demo.ports.edge} (edge) is taken; move it with EDGE_PORT=`)
  })

  test('killed with -9, it takes its processes with it', async () => {
    const demo = await demoOnFreePorts()
    const start = npmStart(demo.env)
    await start.says('Ctrl-C drains and stops everything')
    const pids = pidsOf(demo.state)
    start.kill()
    await start.ended
    for (let attempt = 0; attempt < 100 && pids.some(isAlive); attempt++) await delay(100)
    expect(pids.filter(isAlive)).toEqual([])
  })

  test('never changes the tracked route table', () => {
    const tracked = readFileSync(path.join(root, 'edge-proxy/routes.yaml'), 'utf8')
    expect(tracked).toContain('http://127.0.0.1:4000')
    expect(tracked).toMatch(/name: users\.read[\s\S]*?serve: legacy/)
  })
})

function runningAs(pids: readonly number[], script: string): number {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '-p', pids.join(',')], { encoding: 'utf8' }).split('\n')
  return Number.parseInt(listed.find((line) => line.includes(script)) ?? '', 10)
}

async function demoOnFreePorts() {
  const ports = await freePorts()
  const state = mkdtempSync(path.join(tmpdir(), 'banyan-start-'))
  return { ports, state, env: { BANYAN_STATE: state, ...variables(ports) } }
}

function variables(ports: Ports): Record<string, string> {
  return {
    MONOLITH_PORT: String(ports.monolith),
    USERS_PORT: String(ports.users),
    USERS_SYNC_PORT: String(ports.usersSync),
    ORDERS_PORT: String(ports.orders),
    ORDERS_SYNC_PORT: String(ports.ordersSync),
    EDGE_PORT: String(ports.edge),
    ADMIN_PORT: String(ports.admin),
  }
}

/** Runs what `npm start` runs, without npm between, so that signals reach it. */
function npmStart(env: Record<string, string>) {
  const args = ['--import', 'tsx', '--conditions=banyan-source', 'scripts/start.ts']
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  onTestFinished(() => endOf(child, ended))
  return {
    output: () => output,
    ended,
    interrupt: () => void child.kill('SIGINT'),
    kill: () => void child.kill('SIGKILL'),
    says: async (text: string) => {
      for (let attempt = 0; attempt < 600 && !output.includes(text) && child.exitCode === null; attempt++)
        await delay(100)
      expect(output).toContain(text)
    },
  }
}

async function endOf(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
  await ended
}

function pidsOf(state: string): readonly number[] {
  return runningDemo(state)?.processes ?? []
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
