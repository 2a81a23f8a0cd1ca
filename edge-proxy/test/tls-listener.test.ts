import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { plainRoutes } from './limits-fixture.ts'
import { otherTestCertificate, otherTestKey, testCertificate, testKey } from './test-certificate.ts'
import { startAnswering, startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

interface Files {
  readonly certFile: string
  readonly keyFile: string
}

async function certificateFiles(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-tls-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  await writeFile(files.certFile, testCertificate)
  await writeFile(files.keyFile, testKey)
  return files
}

async function open(address: string): Promise<TLSSocket> {
  const { port } = new URL(address)
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false })
  onTestFinished(() => void socket.destroy())
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

function serialOf(socket: TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.serialNumber
}

function get(address: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca: testCertificate, servername: 'localhost' })
    request(address, { agent }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.on('end', () => {
        agent.destroy()
        resolve({ status: response.statusCode, body })
      })
    })
      .on('error', reject)
      .end()
  })
}

const top = ({ certFile, keyFile }: Files) => `listen: { tls: { cert: ${certFile}, key: ${keyFile} } }`

test('over TLS the edge serves as it does without, and upstreams learn that it was TLS', async () => {
  const legacy = await startAnswering((seen, response) => void response.end(seen.headers['x-forwarded-proto']))
  const files = await certificateFiles()
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top: top(files) }) })
  expect(edge.address).toMatch(/^https:/)
  expect(await get(`${edge.address}/x`)).toEqual({ status: 200, body: 'https' })
  expect(String(legacy.seen[0]?.headers.forwarded)).toContain('proto=https')
  const plain = await openWire(edge.address)
  plain.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await plain.closed()).not.toContain('200')
  expect(await get(edge.address)).toMatchObject({ status: 200 })
  expect((await edge.status()).listen).toBe(edge.address)
})

test('another certificate takes effect without a restart, connections that stand stay, and a wrong one changes nothing', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end('ok'))
  const files = await certificateFiles()
  const routes = plainRoutes(legacy.url)
  const edge = await startEdge({ legacy: legacy.url, routes, options: { tls: files } })
  const standing = await open(edge.address)
  const first = serialOf(standing)
  await writeFile(files.certFile, 'no certificate')
  await eventually(() => edge.lines.some(({ msg }) => String(msg).startsWith('certificate refused')))
  expect(serialOf(await open(edge.address))).toBe(first)
  await writeFile(files.keyFile, otherTestKey)
  await writeFile(files.certFile, otherTestCertificate)
  const expected = new X509Certificate(otherTestCertificate).serialNumber
  await eventually(async () => serialOf(await open(edge.address)) === expected)
  // However many events two files make.
  expect(edge.lines.filter(({ why }) => String(why).includes('PEM'))).toHaveLength(1)
  let received = ''
  standing.on('data', (chunk) => {
    received += String(chunk)
  })
  standing.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => received.includes('200 OK'))
  expect(JSON.stringify(edge.lines)).not.toContain('PRIVATE KEY')
  const metrics = (await edge.admin('GET', '/metrics')).body
  const ends = Date.parse(new X509Certificate(otherTestCertificate).validTo) / 1000
  expect(Number(/^banyan_certificate_expires_seconds (.+)$/m.exec(metrics)?.[1])).toBe(ends)
})

test('an edge whose certificate cannot be used does not start, and says which files', async () => {
  const files = await certificateFiles()
  await writeFile(files.keyFile, otherTestKey)
  const wanted = { legacy: 'http://127.0.0.1:1', options: { tls: files } }
  await expect(startEdge(wanted)).rejects.toMatchObject({
    code: 'certificate-unusable',
    exitCode: 4,
    message: expect.stringContaining(files.certFile),
  })
})

test('a close over TLS finishes what is in flight, and ends what is idle', async () => {
  let answer: () => void = () => undefined
  const legacy = await startUpstream((_request, response) => {
    answer = () => void response.end('late')
  })
  const files = await certificateFiles()
  const edge = await startEdge({ legacy: legacy.url, options: { tls: files, drainMs: 5_000 } })
  const idle = await open(edge.address)
  const over = new Promise((resolve) => idle.once('close', resolve))
  const inFlight = get(edge.address)
  await eventually(() => legacy.connections() === 1)
  const closing = edge.edge.close()
  await over
  answer()
  expect(await inFlight).toEqual({ status: 200, body: 'late' })
  expect(await closing).toEqual({ cut: [], tunnels: 0 })
})

test('over TLS, too, connections are bounded, and a client that sends half a body is not waited for', async () => {
  const legacy = await startUpstream((request) => void request.on('error', () => undefined).resume())
  const files = await certificateFiles()
  const bounded = 'limits: { connections: 1, stall: 1s }'
  const edge = await startEdge({
    legacy: legacy.url,
    routes: plainRoutes(legacy.url, { top: bounded }),
    options: { tls: files },
  })
  const slow = await open(edge.address)
  await expect(open(edge.address)).rejects.toThrow()
  let received = ''
  slow.on('data', (chunk) => {
    received += String(chunk)
  })
  slow.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello')
  await eventually(() => /^HTTP\/1\.1 408 [\s\S]*body-too-slow/.test(received))
  await eventually(async () => (await open(edge.address)).encrypted)
})
