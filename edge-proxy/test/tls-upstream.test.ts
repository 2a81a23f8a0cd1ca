import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { otherTestCertificate, testCertificate, testKey } from './test-certificate.ts'
import { startUpstream } from './upstream.ts'

async function startTls(): Promise<{ port: number; connections: () => number; ca: string; otherCa: string }> {
  let connections = 0
  const server = createServer(
    { key: testKey, cert: testCertificate },
    (request, response) => void response.end(request.headers.host),
  )
  server.on('secureConnection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const folder = await mkdtemp(join(tmpdir(), 'banyan-ca-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const ca = join(folder, 'ca.pem')
  const otherCa = join(folder, 'other-ca.pem')
  await writeFile(ca, testCertificate)
  await writeFile(otherCa, otherTestCertificate)
  return { port: (server.address() as AddressInfo).port, connections: () => connections, ca, otherCa }
}

const routes = (upstream: string) =>
  `version: 1\nupstreams:\n  monolith: ${upstream}\nroutes:\n  - { name: all, match: { path: /* }, upstream: monolith }\n`

test('an https upstream is trusted by its CA file, on kept connections, and gets its own Host when asked for', async () => {
  const tls = await startTls()
  const upstream = `{ url: "https://localhost:${tls.port}", ca: ${tls.ca}, host: upstream }`
  const edge = await startEdge({ legacy: '', routes: routes(upstream) })
  for (let n = 0; n < 3; n++) expect(await edge.get('/')).toMatchObject({ status: 200, body: `localhost:${tls.port}` })
  expect(tls.connections()).toBe(1)
})

test('an https upstream that nobody vouches for gets nothing', async () => {
  const tls = await startTls()
  const edge = await startEdge({ legacy: '', routes: routes(`{ url: "https://localhost:${tls.port}" }`) })
  expect(await edge.get('/')).toMatchObject({ status: 502, body: /upstream-unreachable/ })
  expect((await edge.status()).upstreams[0]?.lastError).toContain('self-signed')
})

test('a reload that names another CA file holds for the next request, also where connections are kept', async () => {
  const tls = await startTls()
  const trusting = (ca: string) => routes(`{ url: "https://127.0.0.1:${tls.port}", ca: ${ca} }`)
  const edge = await startEdge({ legacy: '', routes: trusting(tls.ca) })
  expect(await edge.get('/')).toMatchObject({ status: 200 })
  await edge.flip(trusting(tls.otherCa))
  expect(await edge.get('/')).toMatchObject({ status: 502, body: /upstream-unreachable/ })
  await edge.flip(trusting(tls.ca))
  expect(await edge.get('/')).toMatchObject({ status: 200 })
  expect(tls.connections()).toBe(1)
})

test('what is wrong with TLS is said in one line, with the key that it may be about', async () => {
  const tls = await startTls()
  const plain = await startUpstream((_request, response) => void response.end())
  const { port } = new URL(plain.url)
  const said = async (upstream: string) => {
    const edge = await startEdge({ legacy: '', routes: routes(upstream) })
    expect((await edge.get('/')).status).toBe(502)
    return (await edge.status()).upstreams[0]?.lastError
  }
  expect(await said(`{ url: "https://localhost:${tls.port}" }`)).toMatch(/self-signed certificate: "ca" names the file/)
  expect(await said(`{ url: "https://localhost:${port}" }`)).toMatch(
    /^upstream-unreachable: TLS failed: [^\n]+ is its "url" http:\/\/\?$/,
  )
})
