import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  buildRedactor,
  type Exchange,
  exportExchanges,
  importExchanges,
  replayRecording,
} from '@banyan/toolkit/traffic'
import { chromium } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp as buildShop } from '../monolith/src/app.ts'
import { connect } from '../monolith/src/database/connect.ts'
import { demoPassword } from '../monolith/src/seed/demo-accounts.ts'
import { seedDatabase } from '../monolith/src/seed/seed.ts'

const browser = process.env.BANYAN_CHROMIUM ?? '/usr/bin/chromium'

test('a HAR that Chromium saved from a session in the shop replays on two other shops, writes and log-in and all', {
  timeout: 60_000,
}, async () => {
  if (!existsSync(browser))
    throw new Error(`no Chromium at ${browser}: apt-get install chromium, or set BANYAN_CHROMIUM`)
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-har-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // One after the other, for the seed draws from one source.
  const visited = await startShop()
  const legacy = await startShop()
  const service = await startShop()
  const har = path.join(folder, 'session.har')
  await shopWithABrowser(visited, har)

  const { exchanges, report, reveal } = await imported(har)
  expect(report).toMatchObject({ format: 'har', malformed: 0, cut: undefined })
  expect(exchanges.map(({ request }) => `${request.method} ${request.target}`)).toEqual(
    expect.arrayContaining(['GET /', 'POST /login', 'POST /cart/add', 'GET /cart']),
  )
  expect(JSON.stringify(exchanges)).not.toContain(demoPassword)

  const replayed = await replayRecording({
    exchanges: streamed(exchanges),
    arms: { legacy, service },
    writes: 'send',
    reveal,
  })
  expect(replayed.exchanges).toMatchObject({ read: exchanges.length, sent: exchanges.length, skipped: {} })
  expect(replayed.clusters).toEqual([])
  expect(replayed.outcome).toBe('pass')

  const gor = path.join(folder, 'session.gor.gz')
  await exportExchanges(streamed(exchanges), gor, { format: 'gor' })
  const again = await imported(gor)
  const reads = await replayRecording({ exchanges: streamed(again.exchanges), arms: { legacy, service } })
  const written = exchanges.filter(({ request }) => request.method === 'POST').length
  expect(reads.exchanges).toMatchObject({ sent: exchanges.length - written, skipped: { 'unsafe-method': written } })
  expect(reads.clusters).toEqual([])
})

/** A shop of its own, with the same goods as every other; 127.0.0.1 only. */
async function startShop(): Promise<string> {
  const db = connect(':memory:')
  await seedDatabase(db, 0.02)
  const app = await buildShop({ db, now: () => new Date('2026-06-01T12:00:00Z'), log: () => undefined })
  onTestFinished(async () => {
    await app.close()
    await db.destroy()
  })
  return await app.listen({ port: 0, host: '127.0.0.1' })
}

async function shopWithABrowser(url: string, har: string): Promise<void> {
  const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const context = await chrome.newContext({ recordHar: { path: har, content: 'embed' } })
    const page = await context.newPage()
    await page.goto(`${url}/`)
    await page.goto(`${url}/register`)
    await page.fill('[name=last]', 'Lindqvist')
    await page.fill('[name=email]', 'ida@example.test')
    await page.fill('[name=password]', demoPassword)
    await page.getByRole('button', { name: 'Open the account' }).click()
    await page.goto(`${url}/login`)
    await page.fill('[name=email]', 'ida@example.test')
    await page.fill('[name=password]', demoPassword)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.goto(`${url}/products/1`)
    await page.locator('form[action="/cart/add"] button').first().click()
    await page.goto(`${url}/cart`)
    await page.goto(`${url}/cart.json`)
    // Only closing writes the file.
    await context.close()
  } finally {
    await chrome.close()
  }
}

async function imported(file: string) {
  const secrets = new Map<string, string>()
  const redact = buildRedactor({
    key: randomBytes(32),
    onToken: (token, value) => void secrets.set(token, value),
  })
  const found = importExchanges(file, { redact })
  const exchanges: Exchange[] = []
  for await (const exchange of found) exchanges.push(exchange)
  return { exchanges, report: found.report(), reveal: (token: string) => secrets.get(token) }
}

async function* streamed(exchanges: readonly Exchange[]) {
  yield* exchanges
}
