import { rename, writeFile } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { systemClock } from '@banyan/toolkit/base'
import { revisionOf, writeRouteTable } from '@banyan/toolkit/routing'
import { expect, onTestFinished, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startJson } from './upstream.ts'

const flips = 200
const clients = 50

/** What a client knows about one of its requests. */
interface Asked {
  readonly id: string
  readonly status: number
  readonly answeredBy: string
  /** The newest flip that the edge had confirmed when the request was sent, and the newest begun when it was over. */
  readonly confirmedBefore: number
  readonly begunAfter: number
}

test('law 2: a flip is one atomic swap: 200 flips under 50 clients, no request fails and none sees two route tables', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const table = (flip: number) =>
    `# flip ${flip}\n${routesOf({ legacy: legacy.url, service: service.url, serve: flip % 2 === 0 ? 'legacy' : 'service' })}`
  const edge = await startEdge({ legacy: legacy.url, routes: table(0) })
  const progress = { begun: 0, confirmed: 0, over: false }
  const running = Array.from({ length: clients }, (_, client) => askOnAndOn(edge, client, progress))
  for (let flip = 1; flip <= flips; flip++) {
    progress.begun = flip
    await replaceFile(edge.file, table(flip))
    const answer = await edge.admin('POST', '/reload', { revision: revisionOf(table(flip)) })
    expect(answer).toMatchObject({ status: 200 })
    progress.confirmed = flip
  }
  progress.over = true
  const asked = (await Promise.all(running)).flat()

  const flipOf = new Map(Array.from({ length: flips + 1 }, (_, flip) => [revisionOf(table(flip)), flip]))
  const logged = new Map(edge.lines.filter((line) => line.msg === 'request').map((line) => [line.id, line]))
  const sawLegacy = countById(legacy.seen)
  const sawService = countById(service.seen)
  expect(asked.length).toBeGreaterThan(1000)
  for (const { id, status, answeredBy, confirmedBefore, begunAfter } of asked) {
    const line = logged.get(id)
    const flip = flipOf.get(String(line?.revision)) ?? -1
    const arm = flip % 2 === 0 ? 'legacy' : 'service'
    // The route table that decided, the arm that the log names, the upstream that saw it, and the answer agree.
    expect({ status, answeredBy, arm: line?.arm }).toEqual({ status: 200, answeredBy: arm, arm })
    expect([sawLegacy.get(id) ?? 0, sawService.get(id) ?? 0]).toEqual(arm === 'legacy' ? [1, 0] : [0, 1])
    // And it was live while the request was under way: not older than confirmed before, nor newer than begun after.
    expect(flip).toBeGreaterThanOrEqual(confirmedBefore)
    expect(flip).toBeLessThanOrEqual(begunAfter)
  }
  expect(sawLegacy.size).toBeGreaterThan(0)
  expect(sawService.size).toBeGreaterThan(0)
}, 60_000)

/** As an editor or the command line does it: whole or not at all. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

async function askOnAndOn(
  edge: EdgeUnderTest,
  client: number,
  progress: { begun: number; confirmed: number; over: boolean },
): Promise<Asked[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const asked: Asked[] = []
  for (let n = 0; !progress.over; n++) {
    // Everything runs in this one process: without a pause the clients would leave no turn for the flips.
    await systemClock.sleep(20 + Math.random() * 40)
    const id = `client-${client}-${n}`
    const confirmedBefore = progress.confirmed
    const { status, body } = await getOn(agent, `${edge.address}/api/customers/${n}`, id)
    asked.push({ id, status, answeredBy: JSON.parse(body).arm, confirmedBefore, begunAfter: progress.begun })
  }
  return asked
}

function getOn(agent: Agent, url: string, id: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent, headers: { 'x-request-id': id } }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end()
  })
}

function countById(seen: readonly { readonly headers: Record<string, unknown> }[]): Map<unknown, number> {
  const counts = new Map<unknown, number>()
  for (const { headers } of seen) counts.set(headers['x-request-id'], (counts.get(headers['x-request-id']) ?? 0) + 1)
  return counts
}

test('law 2: a bad route table never replaces a good one: garbage while traffic runs is refused, said and survived', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const edge = await startEdge({ legacy: legacy.url })
  const before = await edge.status()
  await writeFile(edge.file, 'routes: [[[ not a route table')
  const refused = await eventually(async () => {
    expect(await edge.get('/api/customers/1')).toMatchObject({ status: 200 })
    const status = await edge.status()
    return status.refused.length > 0 && status
  })
  expect(refused.revision).toBe(before.revision)
  expect(await edge.admin('POST', '/reload')).toMatchObject({ status: 422, body: /"route-table-invalid"/ })
  await eventually(() => edge.lines.some((line) => String(line.msg).startsWith('route table refused')))
  expect(edge.lines.filter((line) => String(line.msg).startsWith('route table refused'))).toHaveLength(1)

  const good = routesOf({ legacy: legacy.url, shadow: '1%' })
  await writeFile(edge.file, good)
  const live = await eventually(async () => {
    const status = await edge.status()
    return status.revision === revisionOf(good) && status
  })
  expect(live.refused).toEqual([])
})

test('law 9: a route table of more than 4 MiB is refused before it is read, and the live one stays', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const edge = await startEdge({ legacy: legacy.url })
  const { revision } = await edge.status()
  await writeFile(edge.file, `# ${'x'.repeat(4 * 1024 * 1024)}`)
  const answer = await edge.admin('POST', '/reload')
  expect(answer.status).toBe(422)
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'route-table-invalid', revision })
  expect(answer.body).toContain('Allowed are 4194304')
  expect((await edge.status()).refused).toHaveLength(1)
})

test('a file that is edited goes live without being told; one that is deleted and written again, too', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const edge = await startEdge({ legacy: legacy.url })
  for (const shadow of ['1%', '2%', '3%']) {
    const text = routesOf({ legacy: legacy.url, shadow })
    await writeRouteTable(edge.file, text, (await edge.status()).revision)
    await eventually(async () => (await edge.status()).revision === revisionOf(text))
  }
})

test('a reload that wants a revision which the file does not hold changes nothing and says what is live', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const edge = await startEdge({ legacy: legacy.url })
  const { revision } = await edge.status()
  const answer = await edge.admin('POST', '/reload', { revision: '0123456789ab' })
  expect(answer.status).toBe(422)
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'revision-differs', revision })
  expect(JSON.parse((await edge.admin('POST', '/reload', { revision })).body)).toEqual({ revision })
})

test('a bad file is said once, and once more to who asks for a reload by a signal', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url })
  await writeFile(edge.file, 'version: 2\n')
  const said = () => edge.lines.filter(({ msg }) => /^route table (still )?refused/.test(String(msg)))
  await eventually(() => said().length === 1)
  expect(await edge.edge.reload()).toMatchObject({ ok: false })
  expect(said()).toHaveLength(2)
})
