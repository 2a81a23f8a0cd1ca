import { rename, writeFile } from 'node:fs/promises'
import { revisionOf } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { cutoverOf } from './hold-fixture.ts'
import { startJson } from './upstream.ts'

const armOf = (got: { body: string }) => JSON.parse(got.body).arm as string

/** Far above what is read at once, and small enough that a thread reads it in a moment. */
const many = 400

async function twoArms() {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const small = (serve: string) => routesOf({ legacy: legacy.url, service: service.url, serve })
  const route = (n: number) => `  - { name: area-${n}, upstream: users, match: { path: /area-${n}/:id } }\n`
  const routes = Array.from({ length: many }, (_, n) => route(n)).join('')
  const large = (serve: string, more = '') => `${small(serve)}${routes}${more}`
  return { legacy: legacy.url, small, large }
}

async function replaceFile(edge: EdgeUnderTest, text: string): Promise<void> {
  await writeFile(`${edge.file}.new`, text)
  await rename(`${edge.file}.new`, edge.file)
}

test('a large route table is live when its reload answers, and requests are served while it is read', async () => {
  const { legacy, small, large } = await twoArms()
  const edge = await startEdge({ legacy, routes: small('legacy') })
  await replaceFile(edge, large('service'))
  const reload = { answered: false, served: 0 }
  const answer = edge.admin('POST', '/reload', { revision: revisionOf(large('service')) }).finally(() => {
    reload.answered = true
  })
  while (!reload.answered) {
    expect(armOf(await edge.get('/area-7/1'))).toMatch(/^legacy$|^service$/)
    reload.served += 1
  }
  expect(await answer).toMatchObject({ status: 200 })
  expect(reload.served).toBeGreaterThan(1)
  expect(armOf(await edge.get('/area-7/1'))).toBe('service')
  expect(armOf(await edge.get('/api/customers/7'))).toBe('service')
})

test('law 2: a large route table with a mistake is refused with its line, and the last good one stays', async () => {
  const { legacy, large } = await twoArms()
  const edge = await startEdge({ legacy, routes: large('legacy') })
  const { revision } = await edge.status()
  const bad = large('service', '  - { name: late, upstream: nobody, match: { path: /late } }\n')
  await replaceFile(edge, bad)
  const answer = await edge.admin('POST', '/reload')
  const line = bad.split('\n').findIndex((each) => each.includes('nobody')) + 1
  expect(answer.status).toBe(422)
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'route-table-invalid', revision })
  expect(answer.body).toContain(`routes.yaml:${line}:`)
  expect(answer.body).toContain('no upstream \\"nobody\\"')
  expect(armOf(await edge.get('/api/customers/7'))).toBe('legacy')
})

test('reloads that come at once end with what was written last, and each says what is live', async () => {
  const { legacy, small, large } = await twoArms()
  const edge = await startEdge({ legacy, routes: small('legacy') })
  const texts = [large('service'), large('5%'), large('legacy'), small('service')]
  const answers = []
  for (const text of texts) {
    await replaceFile(edge, text)
    answers.push(edge.edge.reload(), edge.edge.reload())
  }
  const last = revisionOf(texts.at(-1) ?? '')
  const reloaded = await Promise.all(answers)
  expect(reloaded.map(({ ok }) => ok)).toEqual(answers.map(() => true))
  expect(reloaded.at(-1)).toEqual({ ok: true, revision: last })
  expect((await edge.status()).revision).toBe(last)
})

test('law 3: an owner that is told while a large route table is read is the owner in it', async () => {
  const { legacy, small, large } = await twoArms()
  const edge = await startEdge({ legacy, routes: small('legacy') })
  const cutover = cutoverOf(edge)
  await replaceFile(edge, large('legacy'))
  const reload = edge.edge.reload()
  await cutover.release('service', 1)
  expect(armOf(await edge.send('PUT', '/api/customers/7', { body: '{}' }))).toBe('service')
  expect(await reload).toMatchObject({ ok: true, revision: revisionOf(large('legacy')) })
  expect(armOf(await edge.get('/area-7/1'))).toBe('service')
  expect(armOf(await edge.send('PUT', '/api/customers/7', { body: '{}' }))).toBe('service')
  const answer = await cutover.owner('service', 1)
  const moved = large('legacy').replace('owner: legacy', 'owner: service')
  expect(answer).toEqual({ status: 200, body: { revision: revisionOf(moved), edited: true } })
})
