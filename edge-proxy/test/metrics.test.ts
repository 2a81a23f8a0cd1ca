import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRouteTable } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startAnswering, startJson } from './upstream.ts'

const docs = readFileSync(join(import.meta.dirname, '../../docs/observability.md'), 'utf8')

/** The series of `/metrics`, without their values. */
async function seriesOf(edge: EdgeUnderTest): Promise<readonly string[]> {
  const { body } = await edge.admin('GET', '/metrics')
  return body.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.replace(/ \S+$/, '')]))
}

test('nothing that a client sends makes a new series', async () => {
  const { url } = await startAnswering(({ target }, response) => {
    response.statusCode = Number(target.slice(-3)) || 200
    response.end()
  })
  const edge = await startEdge({ legacy: url })
  const ask = async (id: string) => {
    for (const status of [200, 302, 404, 503])
      await edge.get(`/x/${id}/${status}`, { host: `${id}.example`, 'x-request-id': `request-${id}` })
    await edge.send('DELETE', `/api/customers/${id}`)
    await edge.get(`/api/customers/${id}`, { 'x-api-key': id, 'user-agent': id })
    await edge.get('/a%5cb', { host: `${id}.example` })
  }
  await ask('first')
  const before = await eventually(() => seriesOf(edge))
  for (let n = 0; n < 10; n++) await ask(`client-${n}`)
  expect(await seriesOf(edge)).toEqual(before)
  expect(before.join('\n')).not.toContain('first')
})

test('a route that a reload takes away takes its series and its tally with it', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url, shadow: '100%' })
  await edge.get('/api/customers/7')
  expect((await seriesOf(edge)).join('\n')).toContain('route="users.read"')
  await eventually(async () => (await edge.tally()).routes[0]?.compared === 1)
  await edge.flip(routesOf({ legacy: url }).replaceAll('users.read', 'users.look'))
  expect((await seriesOf(edge)).join('\n')).not.toContain('users.read')
  expect((await edge.tally()).routes).toEqual([])
})

test('every metric of the edge is told in docs/observability.md or docs/edge.md', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url })
  await edge.get('/')
  const { body } = await edge.admin('GET', '/metrics')
  const told = `${docs}${readFileSync(join(import.meta.dirname, '../../docs/edge.md'), 'utf8')}`
  const names = [...body.matchAll(/^# TYPE (banyan_[a-z_]+) /gm)].map(([, name]) => name ?? '')
  expect(names.length).toBeGreaterThan(15)
  const families = [...told.matchAll(/`(banyan_[a-z_]+_)\*`/g)].map(([, family]) => family ?? '')
  const missing = names.filter((name) => !told.includes(name) && !families.some((family) => name.startsWith(family)))
  // `banyan_shadow_queued`, `_running` and the like: what they have in common is written once.
  const suffixes = (name: string) => name.split('_').map((_, at, parts) => `_${parts.slice(at).join('_')}`)
  const short = (name: string) => suffixes(name).some((suffix) => told.includes(`\`${suffix}\``))
  expect(missing.filter((name) => !short(name))).toEqual([])
})

test('the route tables of docs/observability.md are valid', () => {
  const tables = [...docs.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '')
  expect(tables).toHaveLength(2)
  for (const text of tables) expect(parseRouteTable(text, 'routes.yaml')).toMatchObject({ ok: true })
})
