import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readApiKeys } from './api-keys.ts'

test('the keys of a file are known, whatever else stands in it; nothing else is', async () => {
  const knows = await readApiKeys(fileWith('# the shop\n\nkey-1 warehouse\n  key-2\tmobile app\n'), 'KEYS')
  expect(['key-1', 'key-2', 'warehouse', '#', ''].map(knows)).toEqual([true, true, false, false, false])
})

test('a file that is not there, and one without a key, are refused by name', async () => {
  await expect(readApiKeys('/nowhere/keys', 'KEYS')).rejects.toMatchObject({
    code: 'api-keys-unreadable',
    exitCode: 4,
    hint: expect.stringContaining('set KEYS'),
  })
  await expect(readApiKeys(fileWith('# none yet\n'), 'KEYS')).rejects.toMatchObject({
    code: 'api-keys-empty',
    exitCode: 4,
  })
})

function fileWith(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'api-keys')
  writeFileSync(file, text)
  return file
}
