import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseRouteTable } from '@banyan/toolkit/routing'
import { expect, onTestFinished, test } from 'vitest'
import { inFolder } from './fixture.ts'

async function application(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function init(answer: RequestListener, ...more: string[]) {
  const place = await inFolder()
  const legacy = await application(answer)
  const ran = await place.banyan('init', '--legacy', legacy, '--out', 'first.yaml', ...more)
  const text = readFileSync(join(place.folder, 'first.yaml'), 'utf8')
  return { ...place, ...ran, legacy, text, parsed: parseRouteTable(text, 'first.yaml') }
}

test('what is written is a valid route table that says what was found', async () => {
  const found = await init((_request, response) => {
    response
      .writeHead(302, {
        location: '/login',
        'set-cookie': ['JSESSIONID=1; Path=/', 'lang=en'],
        'content-type': 'text/html',
      })
      .end()
  })
  expect(found).toMatchObject({
    code: 0,
    parsed: { ok: true },
    stdout: expect.stringContaining('next: banyan edge --routes first.yaml'),
    stderr: expect.stringMatching(
      /^ {2}GET .* answered 302, text\/html\n {2}it redirects .*\n {2}it sets .*\n {2}.*Host.*\n$/,
    ),
  })
  expect(found.text).toMatch(/answered 302, text\/html[\s\S]*redirects to \/login[\s\S]*cookies JSESSIONID, lang/)
  expect(found.text).toContain('caller: { cookie: "JSESSIONID" }')
  expect(found.text).toMatch(/^# yaml-language-server: \$schema=\.\/route-table\.schema\.json\n/)
})

test('an application that refuses a Host that it does not know gets its own', async () => {
  const { text } = await init((request, response) => {
    response.writeHead(request.headers.host?.startsWith('127.') ? 200 : 421).end('page')
  })
  expect(text).toContain('host: upstream }')
})

test('an application whose page changes from request to request is not taken for one that looks at the Host', async () => {
  let count = 0
  const { text } = await init((_request, response) => response.end(String(count++)))
  expect(text).toContain('the same under another Host')
  expect(text).not.toContain('host: upstream')
})

test('with a second server the first route can be flipped at once', async () => {
  const { banyan, code } = await init((_request, response) => response.end('page'), '--service', 'http://127.0.0.1:1')
  expect(code).toBe(0)
  const flip = await banyan('flip', 'first.read', '--serve', '5%', '--routes', 'first.yaml')
  expect(flip).toMatchObject({ code: 0, stdout: expect.stringContaining('serve legacy -> 5%') })
})

test('headers that try to break out of the comment do not', async () => {
  const { parsed } = await init((_request, response) => {
    response.writeHead(200, { 'set-cookie': ['a"b\\u000asessid=1', 'sess}id: x=2'] }).end('page')
  })
  expect(parsed.ok).toBe(true)
})

test('nothing that answers is exit code 5, an existing file is never overwritten', async () => {
  const { banyan, text, routes } = await inFolder()
  const before = text()
  expect(await banyan('init', '--legacy', 'http://127.0.0.1:1', '--out', 'x.yaml')).toMatchObject({ code: 5 })
  expect(await banyan('init', '--legacy', 'http://127.0.0.1:1')).toMatchObject({ code: 6 })
  expect(await banyan('init', '--legacy', 'ftp://host')).toMatchObject({ code: expect.any(Number) })
  expect(readFileSync(routes, 'utf8')).toBe(before)
})
