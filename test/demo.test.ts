import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parsePlan } from '@banyan/toolkit/plan'
import { expect, test } from 'vitest'

const root = path.dirname(import.meta.dirname)

test('npm run demo halts at the planted bug, goes on without it, and loses no request', {
  timeout: 180_000,
}, async () => {
  const state = mkdtempSync(path.join(tmpdir(), 'banyan-demo-'))
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', 'scripts/demo.ts'], {
    cwd: root,
    env: { ...process.env, BANYAN_STATE: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const [code] = await once(child, 'close')

  expect(code, output).toBe(0)
  expect(output).toMatch(/x .*users\.read.* mismatched/)
  expect(output).toMatch(/\$\.createdAt {2}legacy .*service .*\(\+[45] h\)/)
  expect(output).toContain('nothing flipped')
  expect(output).toMatch(/failed 0\b/)
  const recorded = Number(/recorded\s+([\d ]+) exchanges/.exec(output)?.[1]?.replaceAll(' ', ''))
  expect(recorded).toBeGreaterThanOrEqual(500)

  // What was done is what the plan's file says, and nothing else: each of its steps is in the journal, in order.
  const file = path.join(root, 'migration-plans/users.yaml')
  const plan = parsePlan(readFileSync(file, 'utf8'), file)
  const journal = readFileSync(path.join(state, 'demo/journal.ndjson'), 'utf8').trim().split('\n')
  const entries = journal.map((line) => JSON.parse(line) as { kind: string; evidence: { step?: number } })
  const done = entries.filter(({ kind }) => kind === 'plan-step-done').map(({ evidence }) => evidence.step)
  expect(done).toEqual(plan.ok ? plan.plan.steps.map(({ number }) => number) : 'a plan')
  expect(entries.filter(({ kind }) => kind === 'plan-halted')).toHaveLength(1)
})
