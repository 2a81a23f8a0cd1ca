import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { redactJson } from './redact-json.ts'
import { redactText } from './redact-text.ts'
import { redactForm, redactTarget } from './redact-url.ts'
import { buildTokenizer } from './token.ts'

const { token } = buildTokenizer(randomBytes(32))
const secret = '5f3c9a12b77e40d1'

test.each([
  ['the code of a log-in elsewhere', () => redactTarget(`/callback?code=${secret}&state=xyz`, token)],
  ['the same, as it is sent on', () => redactForm(`grant_type=authorization_code&code=${secret}`, token)],
  ['a path that names what is done', () => redactTarget(`/password/reset/${secret}`, token)],
  ['a link in a page', () => redactText(`<a href="/reset-token/${secret}">here</a>`, token)],
  ['a link in JSON', () => redactJson(`{"href":"https://shop/password/reset/${secret}"}`, token)],
  ['an array as PHP shows it', () => redactText(`'password' => '${secret}'`, token)],
  ['the same in a page', () => redactText(`<pre>password =&gt; ${secret}</pre>`, token)],
  ['a list of pairs', () => redactJson(`{"headers":[["Accept","*/*"],["Authorization", "Basic ${secret}"]]}`, token)],
  ['a list of labels', () => redactJson(`[{"label":"Password","value":"${secret}"}]`, token)],
  ['a log of changes', () => redactJson(`{"field":"password","old":"${secret}","new":"${secret}"}`, token)],
])('a secret shows by its place: %s', (_where, redacted) => {
  expect(redacted()).toContain('~tok_')
  expect(redacted()).not.toContain(secret)
})

test.each([
  ['?code=US&state=TX', (text: string) => redactTarget(text, token)],
  ['?code=SPRINGSALE2026&page=2', (text: string) => redactTarget(text, token)],
  ['/orders/confirm/5f3c9a12b77e40d1', (text: string) => redactTarget(text, token)],
  ['<a href="/orders/5f3c9a12b77e40d1">', (text: string) => redactText(text, token)],
  ['<script src="/session/application-bundle-main.js">', (text: string) => redactText(text, token)],
  ['{"missing":["password","email"]}', (text: string) => redactJson(text, token)],
  ['[["name","Ada"],["city","London"]]', (text: string) => redactJson(text, token)],
  ['{"field":"city","old":"London","new":"Paris"}', (text: string) => redactJson(text, token)],
])('what only looks like it stays: %s', (text, redact) => {
  expect(redact(text)).toBe(text)
})

test('links are looked through in time that grows with the text', () => {
  const startedAt = performance.now()
  redactText(`<p>${'/token/reset/'.repeat(40_000)}</p>`, token)
  redactText(`<p>${'/aa'.repeat(200_000)}</p>`, token)
  redactForm(`state=1&${'code=&'.repeat(100_000)}`, token)
  expect(performance.now() - startedAt).toBeLessThan(5000)
})
