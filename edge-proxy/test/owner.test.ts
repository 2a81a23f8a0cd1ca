import { readFile, rm, writeFile } from 'node:fs/promises'
import { revisionOf, writeRouteTable } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'
import { routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { cutoverOf } from './hold-fixture.ts'
import { startJson } from './upstream.ts'

const armOf = (got: { body: string }) => JSON.parse(got.body).arm as string

async function twoArms() {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const routes = `# the demo's\n${routesOf({ legacy: legacy.url, service: service.url })}`
  return { routes, legacy: legacy.url, service: service.url }
}

test('the owner that is told is live when it is answered, and only the value in the file has changed', async () => {
  const { routes, legacy } = await twoArms()
  const edge = await startEdge({ legacy, routes })
  const cutover = cutoverOf(edge)
  const answer = await cutover.owner('service', 1)
  expect(armOf(await edge.send('PUT', '/api/customers/7', { body: '{}' }))).toBe('service')
  const expected = routes.replace('owner: legacy', 'owner: service')
  expect(await readFile(edge.file, 'utf8')).toBe(expected)
  expect(answer).toEqual({ status: 200, body: { revision: revisionOf(expected), edited: true } })
  expect((await cutover.owner('service', 1)).body).toEqual({ revision: revisionOf(expected), edited: false })
  await cutover.owner('legacy', 2)
  expect(await readFile(edge.file, 'utf8')).toBe(routes)
})

test('two edges on one file do not fight: both are told at once, one edits, and a flip in between is kept', async () => {
  const { routes, legacy } = await twoArms()
  const one = await startEdge({ legacy, routes })
  const two = await startEdge({ legacy, routes, options: { routesFile: one.file } })
  for (let epoch = 1; epoch <= 6; epoch++) {
    const to = epoch % 2 === 1 ? 'service' : 'legacy'
    const shadow = `${epoch}%`
    const [first, second] = await Promise.all([
      cutoverOf(one).owner(to, epoch),
      cutoverOf(two).owner(to, epoch),
      flipShadow(one.file, shadow),
    ])
    expect([first.status, second.status]).toEqual([200, 200])
    expect([first.body.edited, second.body.edited].filter(Boolean)).toHaveLength(1)
    for (const edge of [one, two]) {
      expect(armOf(await edge.send('PUT', '/api/customers/7', { body: '{}' }))).toBe(to)
    }
    const text = await readFile(one.file, 'utf8')
    expect(text).toContain(`owner: ${to}`)
    expect(text).toContain(`shadow: ${shadow}`)
    await eventually(async () => (await one.status()).revision === revisionOf(text))
    await eventually(async () => (await two.status()).revision === revisionOf(text))
  }
})

/** As the command line does it: compare and swap, until it is written. */
async function flipShadow(file: string, shadow: string): Promise<void> {
  for (;;) {
    const text = await readFile(file, 'utf8')
    const flipped = text.replace(/shadow: \d+%/, `shadow: ${shadow}`)
    const written = await writeRouteTable(file, flipped, revisionOf(text)).then(
      () => true,
      () => false,
    )
    if (written) return
  }
}

test('law 3: an epoch that has passed is refused: a late message of an old cutover moves nothing', async () => {
  const { routes, legacy } = await twoArms()
  const edge = await startEdge({ legacy, routes })
  const cutover = cutoverOf(edge)
  await cutover.owner('service', 3)
  expect(await cutover.owner('legacy', 2)).toMatchObject({ status: 409, body: { code: 'epoch-passed' } })
  await cutover.release('legacy', 2)
  expect(await cutover.status()).toMatchObject({ owner: 'service' })
  // A hold is heard of, too: who comes with less is of the past.
  await cutover.hold(5)
  expect(await cutover.owner('legacy', 4)).toMatchObject({ status: 409, body: { code: 'epoch-passed' } })
  expect(await readFile(edge.file, 'utf8')).toContain('owner: service')
})

test('a file that cannot be written: the owner is live all the same, the answer, the status and the log say that the file disagrees', async () => {
  const { routes, legacy } = await twoArms()
  const edge = await startEdge({ legacy, routes })
  const cutover = cutoverOf(edge)
  // What the edge cannot parse it cannot edit; a read-only disk ends in the same place.
  await writeFile(edge.file, 'version: [')
  const { revision } = await edge.status()
  const answer = await cutover.owner('service', 1)
  expect(answer).toMatchObject({ status: 200, body: { revision, edited: false } })
  expect(answer.body.trouble).toMatch(
    /^the file says owner: legacy, but service owns the data since epoch 1: the route table is not valid/,
  )
  expect(armOf(await edge.send('PUT', '/api/customers/7', { body: '{}' }))).toBe('service')
  expect((await edge.status()).refused).toHaveLength(1)
  // Mended, but with the old owner: the file only mirrors the databases, so it is not believed.
  await edge.flip(routes)
  expect(await cutover.status()).toMatchObject({ owner: 'service', disagrees: expect.stringMatching(/owner: legacy/) })
  expect((await edge.status()).revision).toBe(revisionOf(routes))
  expect(edge.lines.some(({ msg }) => msg === 'the route table disagrees about the owner')).toBe(true)
  expect((await cutover.owner('service', 1)).body).toMatchObject({ edited: true })
  expect(await cutover.status()).not.toHaveProperty('disagrees')
  await rm(edge.file)
  expect((await cutover.owner('legacy', 2)).body.trouble).toMatch(/there is no file/)
  expect(armOf(await edge.send('PUT', '/api/customers/7', { body: '{}' }))).toBe('legacy')
})

test('a release makes its owner live before it lets go, so that held writes go to him even where the edit was never asked for', async () => {
  const { routes, legacy } = await twoArms()
  const edge = await startEdge({ legacy, routes })
  const cutover = cutoverOf(edge)
  await cutover.hold(1)
  const written = edge.send('PUT', '/api/customers/7', { body: '{}' })
  await cutover.holds(1)
  await cutover.release('service', 1)
  expect(armOf(await written)).toBe('service')
  expect(await cutover.status()).toMatchObject({ owner: 'service', disagrees: expect.stringContaining('epoch 1') })
})
