import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { buildEdge } from '../src/edge.ts'
import { fuzz } from './fuzz.ts'
import { holes, plant } from './holes.ts'
import { openFuzzWorld } from './world.ts'

test('changed requests and answers break nothing: what arrives upstream was sent, whole, once and in order', async () => {
  const world = await openFuzzWorld(buildEdge)
  onTestFinished(() => world.close())
  const { arrived, finding } = await fuzz(world, { seed: 1, goesOn: (episodes) => episodes < 120, shrinkTries: 0 })
  expect(finding).toBeUndefined()
  // Nothing arrived is nothing shown.
  expect(arrived).toBeGreaterThan(400)
})

test('a request that loses its mark by a Connection header, and bears another in its body, is judged by the one that was answered', async () => {
  const world = await openFuzzWorld(buildEdge)
  onTestFinished(() => world.close())
  const { finding } = await fuzz(world, { seed: 915_377, goesOn: (episodes) => episodes < 1, shrinkTries: 0 })
  expect(finding).toBeUndefined()
})

test('a hole that is planted in a copy of the edge is found, and printed with the bytes that open it', async () => {
  // Two of them; `npm run fuzz -- --holes` tries all.
  const tried = holes.filter(({ name }) => /DELETE|pipelined/.test(name))
  const edges = await Promise.all(tried.map(plant))
  onTestFinished(async () => {
    for (const edge of edges) await rm(dirname(dirname(edge)), { recursive: true, force: true })
  })
  const program = join(import.meta.dirname, 'main.ts')
  const run = [
    '--import',
    'tsx',
    '--conditions=banyan-source',
    program,
    '--seed',
    '1',
    '--minutes',
    '0.5',
    '--shrink',
    '0',
  ]
  const child = spawn(process.execPath, [...run, ...edges.flatMap((edge) => ['--edge', edge])], {
    cwd: dirname(dirname(import.meta.dirname)),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (bytes) => {
    printed += String(bytes)
  })
  child.stderr.on('data', (bytes) => {
    printed += String(bytes)
  })
  expect({ code: (await once(child, 'exit'))[0], printed }).toMatchObject({ code: 2 })
  expect(edges).toHaveLength(2)
  for (const [i, edge] of edges.entries()) {
    const part = printed.slice(printed.indexOf(edge), printed.indexOf(edges[i + 1] ?? '\0') >>> 0)
    expect({ hole: tried[i]?.name, found: part.includes('FOUND with seed'), part }).toMatchObject({ found: true })
  }
}, 180_000)
