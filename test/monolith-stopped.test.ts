import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { banyan } from '../scripts/banyan.ts'
import { startWorkshopDemo } from '../scripts/workshop-demo.ts'

test('with the monolith stopped, the users service answers what it owns, and the edge names who is missing', {
  timeout: 60_000,
}, async () => {
  const demo = await startWorkshopDemo(mkdtempSync(path.join(tmpdir(), 'banyan-alone-')))
  try {
    const headers = { 'x-api-key': demoApiKeys()[0]?.key ?? '' }
    const read = async (target: string) => await fetch(`${demo.stack.urls.edge}${target}`, { headers })
    const before = await (await read('/api/customers/7')).json()
    const flip = ['flip', 'users.read', '--serve', 'service']
    expect(await banyan({ args: flip, env: demo.env, onLine: () => {}, onMessage: () => {} })).toBe(0)
    await demo.stack.stopProcess('monolith')

    const customer = await read('/api/customers/7')
    expect(customer.status).toBe(200)
    expect(await customer.json()).toMatchObject({ id: '7', name: (before as { name: string }).name })
    const page = await read('/')
    expect(page.status).toBe(502)
    expect(page.headers.get('content-type')).toBe('application/problem+json')
    expect(await page.json()).toMatchObject({ status: 502, detail: expect.stringContaining('monolith') })
  } finally {
    await demo.stop()
  }
})
