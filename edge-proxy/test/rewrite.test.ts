import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { plainRoutes } from './limits-fixture.ts'
import { startAnswering } from './upstream.ts'

async function redirecting() {
  const legacy = await startAnswering((seen, response) => {
    const { searchParams } = new URL(seen.target, 'http://x')
    response.writeHead(302, [
      ...['Location', searchParams.get('to') ?? `${legacy.url}/next?a=1`],
      ...['Set-Cookie', 'SID=1; Domain=legacy.local; Path=/old/app; HttpOnly'],
      ...['Set-Cookie', 'other=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
    ])
    response.end()
  })
  return legacy
}

test('only a route that asks for it has its redirects and cookies rewritten', async () => {
  const legacy = await redirecting()
  const plain = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url) })
  expect((await plain.get('/x')).headers).toMatchObject({
    location: `${legacy.url}/next?a=1`,
    'set-cookie': ['SID=1; Domain=legacy.local; Path=/old/app; HttpOnly', expect.stringContaining('other=2')],
  })
  const rewrite =
    'rewrite: { location: [http://legacy.internal:3000], cookie-domain: { legacy.local: "" }, cookie-path: { /old: / } }'
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { route: rewrite }) })
  expect((await edge.get('/x')).headers).toMatchObject({
    location: '/next?a=1',
    'set-cookie': ['SID=1; Path=/app; HttpOnly', 'other=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
  })
  const to = async (location: string) => (await edge.get(`/x?to=${encodeURIComponent(location)}`)).headers.location
  expect(await to('http://legacy.internal:3000/y#z')).toBe('/y#z')
  for (const other of ['//evil', 'https://shop.example/', `${legacy.url}//evil`, 'javascript:alert(1)'])
    expect(await to(other)).toBe(other)
})
