import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { parseRouteTable } from '@banyan/toolkit/routing'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { buildRouteTableReader } from './route-table-reader.ts'

const file = '/etc/banyan/routes.yaml'

/** A route table that is too large to be read at once. */
function textOf(routes: number, more = ''): string {
  const route = (n: number) => `  - { name: route-${n}, upstream: monolith, match: { path: /area-${n}/:id } }\n`
  return `version: 1
upstreams: { monolith: { url: "http://127.0.0.1:4000" }, users: { url: "http://127.0.0.1:4101" } }
capabilities:
  users: { legacy: monolith, service: users, owner: legacy }
routes:
${Array.from({ length: routes }, (_, n) => route(n)).join('')}${more}  - { name: rest, upstream: monolith }
`
}

function openReader(...options: Parameters<typeof buildRouteTableReader>) {
  const reader = buildRouteTableReader(...options)
  onTestFinished(() => reader.close())
  return reader
}

test('the thread reads what the event loop would read: the same route table, the same problems in the same lines', async () => {
  const reader = openReader()
  const priority = getPriority()
  const bad = '  - { name: route-7, upstream: monolit, match: { path: area } }\n'
  const texts = [
    textOf(350),
    textOf(350, bad),
    textOf(350, `${bad}  - [\n`),
    `${textOf(350)}version: 2\n`,
    `# ${'x'.repeat(5000)}`,
    textOf(1),
  ]
  for (const text of texts) {
    const direct = parseRouteTable(text, file)
    const read = await reader.parse(text, file)
    expect(read).toEqual(direct)
  }
  // The thread has stepped back, and nobody else.
  expect(getPriority()).toBe(priority)
  const refused = await reader.parse(textOf(350, bad), file)
  expect(refused.ok ? [] : refused.problems.map(({ line }) => line)).toEqual([356, 356, 356])
})

test('an owner is written into a large file, and what the file then holds comes back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reader-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'routes.yaml')
  await writeFile(path, textOf(100))
  const reader = openReader()
  const move = { capability: 'users', owner: 'service' } as const
  const { table, edited } = await reader.writeOwner(path, move)
  const text = await readFile(path, 'utf8')
  expect(text).toBe(textOf(100).replace('owner: legacy', 'owner: service'))
  expect(parseRouteTable(text, path)).toEqual({ ok: true, table })
  expect([edited, (await reader.writeOwner(path, move)).edited]).toEqual([true, false])
  await expect(reader.writeOwner(path, { ...move, capability: 'uesrs' })).rejects.toThrow('no capability "uesrs"')
})

test('a thread that dies is told, and the next route table gets another one', async () => {
  let started = 0
  const reader = openReader(() => {
    started += 1
    return new Worker('process.exit(1)', { eval: true })
  })
  for (const n of [1, 2]) {
    await expect(reader.parse(textOf(100), file)).rejects.toThrow('its thread has ended')
    expect(started).toBe(n)
  }
  // A small one needs no thread.
  expect(await reader.parse(textOf(3), file)).toMatchObject({ ok: true })
})

test('a thread that has nothing to read any more is let go; one that reads is ended with its reader', async () => {
  const threads: Worker[] = []
  const silent = () => {
    const thread = new Worker('setInterval(() => undefined, 1000)', { eval: true })
    threads.push(thread)
    return thread
  }
  const answering = () => {
    const problem = { file, line: 1, column: 1, path: '', message: 'bad' }
    const answer = `p.postMessage({ kind: 'problems', number, problems: [${JSON.stringify(problem)}] })`
    const code = `const { parentPort: p } = require('node:worker_threads'); p.on('message', ({ number }) => ${answer})`
    const thread = new Worker(code, { eval: true })
    threads.push(thread)
    return thread
  }
  const [idle, busy] = [openReader(answering, { idleMs: 20 }), openReader(silent)]
  expect(await idle.parse(textOf(100), file)).toMatchObject({ ok: false, problems: [{ message: 'bad' }] })
  await eventually(() => threads[0]?.threadId === -1)
  const read = busy.parse(textOf(100), file)
  const another = busy.parse(textOf(100), file)
  await expect(another).rejects.toThrow('another route table is being read')
  busy.close()
  await expect(read).rejects.toThrow('the edge is being stopped')
  await eventually(() => threads[1]?.threadId === -1)
})
