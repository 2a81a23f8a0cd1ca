import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { reportHtml, reportJunit } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import { replayRecording } from './replay.ts'

const canary = 'Xq7cAnArYzW4kk9Q'
let drawn = 0
/** Another one each time, and in another way on each arm: so that it always differs. */
const secret = (arm: string) => `${canary}${arm}${drawn++}`

const pages: Readonly<Record<string, (arm: string) => readonly [type: string, body: string | Buffer]>> = {
  'a hidden field': (arm) => [
    'text/html',
    `<form><input type=hidden name="csrf_token" value="${secret(arm)}">${arm}</form>`,
  ],
  'a meta tag': (arm) => ['text/html', `<head><meta name="csrf-token" content="${secret(arm)}"></head><p>${arm}</p>`],
  'a text area': (arm) => ['text/html', `<textarea name="token">${secret(arm)}</textarea><p>${arm}</p>`],
  'a list of fields': (arm) => ['application/json', JSON.stringify([{ name: 'password', value: secret(arm) }, arm])],
  'a field of the own rules': (arm) => ['application/json', JSON.stringify({ arm, email: secret(arm) })],
  'Latin-1': (arm) => [
    'text/html; charset=iso-8859-1',
    Buffer.from(`<p>\u00e9 ${arm}</p><input name="token" value="${secret(arm)}">`, 'latin1'),
  ],
  parts: (arm) => [
    'multipart/mixed; boundary=b',
    `--b\r\nContent-Type: application/json\r\n\r\n{"a":"${secret(arm)}"}\r\n--b--`,
  ],
  'what is no text': (arm) => ['application/octet-stream', `\0{"a":"${secret(arm)}"}`],
}
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function startArm(arm: string): Promise<string> {
  const server = createServer((request, response) => {
    const [type, body] = pages[decodeURIComponent(request.url ?? '').slice(1)]?.(arm) ?? ['text/plain', 'none']
    response.writeHead(200, { 'content-type': type }).end(body)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

async function* asked(path: string): AsyncGenerator<Exchange> {
  const request = { method: 'GET', target: `/${encodeURIComponent(path)}`, headers: [], body: undefined }
  const response = { status: 200, headers: [], body: undefined }
  const about = {
    route: 'r',
    capability: undefined,
    servedBy: 'legacy',
    caller: undefined,
    tookMs: 1,
    request,
    response,
  }
  for (const id of ['e1', 'e2', 'e3']) yield { id, at: '2026-01-01T00:00:00.000Z', ...about }
}

test.each(Object.keys(pages))('law 8: a live secret is in no report: %s', async (page) => {
  const [legacy, service] = await Promise.all(['legacy', 'service'].map(startArm))
  for (const arms of [{ legacy, service }, { service }]) {
    const told: unknown[] = []
    const options = { exchanges: asked(page), arms, redaction: { fields: ['email'] } }
    const report = await replayRecording({ ...options, onReplayed: ({ verdict }) => told.push(verdict) })
    const all = [JSON.stringify(report), reportHtml(report), reportJunit(report), JSON.stringify(told)].join('\n')
    expect(report.clusters.length).toBeGreaterThan(0)
    expect(all).not.toContain(canary)
  }
})
