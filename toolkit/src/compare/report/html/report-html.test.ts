import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { cleanComparison, comparison, emptyComparison } from '../fixtures/comparison.ts'
import type { ComparisonReport } from '../report.ts'
import { reportHtml } from './report-html.ts'

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

let browser: Browser
beforeAll(async () => {
  const executablePath = process.env.BANYAN_CHROMIUM ?? paths.find(existsSync)
  if (executablePath === undefined)
    throw new Error('no Chromium to open the report in: apt-get install chromium, or name one in BANYAN_CHROMIUM')
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}, 60_000)
afterAll(() => browser?.close())

interface Opened {
  readonly page: Page
  /** What the page asked the network for, and what it said of errors. */
  readonly asked: string[]
  readonly errors: string[]
}

async function open(report: ComparisonReport, width = 1280, colorScheme: 'dark' | 'light' = 'light'): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-report-'))
  const file = join(folder, 'report.html')
  writeFileSync(file, reportHtml(report))
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  onTestFinished(async () => {
    await page.close()
    rmSync(folder, { recursive: true })
  })
  const opened: Opened = { page, asked: [], errors: [] }
  page.on('request', (request) => opened.asked.push(request.url()))
  page.on('pageerror', (error) => opened.errors.push(String(error)))
  page.on('console', (message) => opened.errors.push(message.text()))
  await page.goto(pathToFileURL(file).href)
  return opened
}

test('the page needs no network and says nothing of errors, light and dark, narrow and wide, without anything to scroll aside', async () => {
  for (const [width, scheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [360, 'light'],
  ] as const) {
    const { page, asked, errors } = await open(comparison(), width, scheme)
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
    expect(errors).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    expect(await page.locator('h1').textContent()).toBe('313 of 14 185 answers mismatched')
  }
})

test('each route has its verdict, its bar, and its bound', async () => {
  const { page } = await open(comparison())
  const rows = page.locator('.route-details > summary')
  expect(await rows.locator('code').allTextContents()).toEqual([
    'users.read',
    'users.addresses',
    'users.orders',
    'users.avatar',
    'users.search',
  ])
  const read = rows.nth(0)
  expect(await read.locator('.bar').getAttribute('aria-label')).toBe(
    '312 mismatched, 212 noise, 8\u00a0680 matched, 7 not comparable',
  )
  expect(await read.locator('.ruler').getAttribute('aria-label')).toBe('3.4% seen, at most 3.8% at 95 % confidence')
  expect(await rows.nth(3).textContent()).toContain('none compared')
})

test('one mismatch of a hundred thousand is wide enough to be seen', async () => {
  const [route] = comparison().routes
  if (route === undefined) throw new Error('the fixture has a route')
  const tally = { ...route.tally, compared: 100_000, matched: 99_999, noise: 0, mismatched: 1 }
  const bound = { ...route.bound, compared: 100_000, mismatched: 1 }
  const { page } = await open(comparison({ routes: [{ ...route, tally, bound }] }))
  const box = await page.locator('summary .bar .mismatched').boundingBox()
  expect(box?.width).toBeGreaterThan(2)
})

test('what the service did not answer is shown as the gate counts it', async () => {
  const [route] = comparison().routes
  if (route === undefined) throw new Error('the fixture has a route')
  const notComparable = { ...route.tally.notComparable, truncated: 0, 'service-failed': 5 }
  const tally = { ...route.tally, compared: 0, matched: 0, noise: 0, mismatched: 0, notComparable }
  const bound = { ...route.bound, compared: 5, mismatched: 5, atMostShare: 1 }
  const { page } = await open(comparison({ routes: [{ ...route, tally, bound }] }))
  expect(await page.locator('h1').textContent()).toBe('5 of 5 answers mismatched')
  expect(await page.locator('summary .bar').getAttribute('aria-label')).toBe('5 mismatched')
})

test('clusters are filtered by words, kind, route and whether a cause is known', async () => {
  const { page } = await open(comparison())
  const shown = async () => await page.locator('.cluster:visible h3 code').allTextContents()
  expect(await shown()).toHaveLength(7)
  await page.fill('input[name=text]', 'CENTS')
  expect(await shown()).toEqual(['$.credit'])
  await page.fill('input[name=text]', 'nothing like that')
  expect(await page.locator('#nothing').isVisible()).toBe(true)
  await page.fill('input[name=text]', '')
  await page.click('label:has(input[value=value])')
  expect(await shown()).toEqual(['$.tags', '$.addresses[*].country', 'status'])
  await page.click('text=only without a known cause')
  expect(await shown()).toEqual(['$.addresses[*].country', 'status'])
  await page.selectOption('select', 'users.addresses')
  expect(await shown()).toEqual(['status'])
})

test('a sample opens to both answers with the differing leaf marked, and by its link too', async () => {
  const { page } = await open(comparison())
  await page.click('.cluster >> nth=0 >> summary >> nth=0')
  const meant = page.locator('.cluster').nth(0).locator('.meant:visible')
  expect(await meant.locator('mark').allTextContents()).toEqual(['19.99', '1999'])
  const id = await page.locator('.cluster').nth(3).getAttribute('id')
  await page.goto(`${page.url()}#${id}`)
  await page.waitForSelector(`#${id} details[open]`)
})

test('a theme that was chosen goes before that of the system', async () => {
  const { page } = await open(comparison())
  const background = async () => await page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await background()
  await page.click('#theme')
  await page.click('#theme')
  expect(await page.locator('#theme').textContent()).toBe('Theme: dark')
  expect(await background()).not.toBe(light)
})

test('what an answer holds is never run, and never leaves its place', async () => {
  const nasty =
    '</script><script>document.title = "run"</script><img src=http://127.0.0.1:1/x onerror="document.title=1">'
  const [cluster] = comparison().clusters
  if (cluster === undefined) throw new Error('the fixture has a cluster')
  const first = { ...cluster.first, legacy: nasty, request: `GET /${nasty}` }
  const poisoned = { ...cluster, id: '"><script>', path: nasty, cause: nasty, pattern: nasty, first }
  const { page, asked, errors } = await open(comparison({ clusters: [poisoned] }))
  expect(await page.title()).toBe('313 of 14 185 answers mismatched')
  expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
  expect(errors).toEqual([])
  expect(await page.locator('.cause').textContent()).toContain('<script>')
})

test('law 7: nothing compared is said to be unknown, and a clean comparison to be one', async () => {
  const empty = await open(emptyComparison())
  expect(await empty.page.locator('h1').textContent()).toBe('Nothing was compared')
  expect(await empty.page.locator('.verdict').textContent()).toContain('unknown')
  const clean = await open(cleanComparison())
  expect(await clean.page.locator('h1').textContent()).toBe('9 204 answers compared, no mismatch')
  expect(await clean.page.locator('#differences').textContent()).toContain('No difference was found')
})
