import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import httpProxy from 'http-proxy'
import { expect, onTestFinished, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startAnswering, startBytes, startUpstream } from './upstream.ts'
import { exchangeBytes, openWire } from './wire.ts'

// Why docs/decisions/0001-http-proxy-serves-upgrades-only.md says what it says: each test shows what the web path of
// http-proxy does, and that the edge does not. One that fails here after an update of http-proxy is good news.

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const chunkedDelete = `DELETE /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`

test('http-proxy lets the chunked body of a DELETE through as a second request; the edge does not', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end('ok'))
  const targets = () => legacy.seen.map(({ method, target }) => `${method} ${target}`)
  const wire = await openWire(await startHttpProxy(legacy.url))
  wire.send(chunkedDelete)
  await eventually(() => legacy.seen.length >= 2)
  expect(targets()).toEqual(['DELETE /x', 'GET /hidden'])

  legacy.seen.length = 0
  const edge = await startEdge({ legacy: legacy.url })
  const behind = 'GET /behind HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  await exchangeBytes(edge.address, chunkedDelete + behind)
  expect(targets()).toEqual(['DELETE /x', 'GET /behind'])
})

test('an answer of status 099 ends a process that runs http-proxy; the edge answers 502', async () => {
  const legacy = await startBytes((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n'))
  })
  const script = `
    const proxy = require('http-proxy').createProxyServer({ target: '${legacy.url}' })
    const server = require('node:http').createServer((request, response) => proxy.web(request, response, () => response.end()))
    server.listen(0, '127.0.0.1', () => console.log(server.address().port))`
  const child = spawn(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [port] = await once(child.stdout, 'data')
  const exit = once(child, 'exit')
  await exchangeBytes(
    `http://127.0.0.1:${String(port).trim()}`,
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  )
  expect((await exit)[0]).toBe(1)

  const edge = await startEdge({ legacy: legacy.url })
  expect(await edge.get('/')).toMatchObject({ status: 502 })
})

test('http-proxy keeps the upstream connections of clients that left; the edge ends them', async () => {
  const big = Buffer.alloc(32 * 1024 * 1024)
  const legacy = await startUpstream((_request, response) => void response.end(big))
  const leave = async (url: string) => {
    for (let i = 0; i < 10; i++) {
      const wire = await openWire(url)
      wire.socket.once('data', () => wire.socket.destroy())
      wire.send('GET /big HTTP/1.1\r\nHost: a\r\n\r\n')
      await wire.closed()
    }
  }
  await leave(await startHttpProxy(legacy.url))
  await new Promise((resolve) => setTimeout(resolve, 500))
  const leaked = legacy.connections()
  expect(leaked).toBe(10)

  const edge = await startEdge({ legacy: legacy.url })
  await leave(edge.address)
  await eventually(() => legacy.connections() === leaked)
})

/** http-proxy as it is usually run in front of an application, with connections kept. */
async function startHttpProxy(target: string): Promise<string> {
  const agent = new Agent({ keepAlive: true })
  const proxy = httpProxy.createProxyServer({ target, agent })
  const server = createServer((request, response) => proxy.web(request, response, {}, () => void response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
