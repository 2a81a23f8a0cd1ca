import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { edgesFrom } from './edges-from.ts'
import { workerNames } from './worker-names.ts'

test('edges stand with commas or spaces between them, and the token is read at each call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-edges-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'admin-token')
  const edges = edgesFrom({ BANYAN_EDGES: 'http://a:1, http://b:2', BANYAN_ADMIN_TOKEN_FILE: file }, 'users')
  expect(edges).toMatchObject({ capability: 'users', urls: ['http://a:1', 'http://b:2'] })
  writeFileSync(file, 'later\n')
  expect(await edges?.readToken()).toBe('later')
})

test('without edges there is nobody to ask', () => {
  expect(edgesFrom({}, 'users')).toBeUndefined()
})

test.each([
  ['an edge is no URL', { BANYAN_EDGES: 'edge one' }, 'BANYAN_EDGES names "edge", which is no URL'],
  ['edges are named without a token', { BANYAN_EDGES: 'http://a:1' }, 'BANYAN_ADMIN_TOKEN_FILE is not set'],
])('what cannot be is a fault with exit code 4: %s', (_what, env, message) => {
  expect(() => edgesFrom(env, 'users')).toThrow(expect.objectContaining({ exitCode: 4, message }))
})

test('the variables of a capability are spelled from its name', () => {
  expect(workerNames('gift-cards')).toMatchObject({
    serviceUrl: 'GIFT_CARDS_DATABASE_URL',
    port: 'GIFT_CARDS_SYNC_PORT',
  })
})
