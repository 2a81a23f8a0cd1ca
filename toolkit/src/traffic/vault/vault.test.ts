import { appendFile, chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { buildSealer, buildUnseal } from './seal.ts'
import { openVault } from './vault.ts'
import { readOrMakeVaultKey } from './vault-key.ts'
import { buildVaultSealer, createVault } from './vault-writer.ts'

test('what was sealed is revealed with the key, once each, and stands nowhere in the clear', async () => {
  const { file, keyFile } = await sealed([
    ['~tok_000000000001', 'canary-session'],
    ['~tok_000000000002', 'canary-pässword "x"\n'],
    ['~tok_000000000001', 'canary-session'],
  ])
  const vault = await openVault(file, keyFile)
  expect(vault.reveal('~tok_000000000001')).toBe('canary-session')
  expect(vault.reveal('~tok_000000000002')).toBe('canary-pässword "x"\n')
  expect(vault.reveal('~tok_000000000003')).toBeUndefined()
  expect(vault).toMatchObject({ values: 2, left: { lines: 0, values: 0 } })
  expect(await readFile(file, 'utf8')).not.toMatch(/canary|tok_/)
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(3)
  for (const path of [file, keyFile]) expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('another key, no key, one that others may read, and what is no vault are refused by name', async () => {
  const { file, keyFile } = await sealed([['~tok_000000000001', 'x']])
  const other = await sealed([])
  await expect(openVault(file, other.keyFile)).rejects.toMatchObject({ code: 'vault-key-other', exitCode: 6 })
  await expect(openVault(file, `${keyFile}.gone`)).rejects.toMatchObject({ code: 'vault-key-missing', exitCode: 6 })
  await expect(openVault(keyFile, keyFile)).rejects.toMatchObject({ code: 'vault-unreadable', exitCode: 4 })
  await expect(openVault(`${file}.gone`, keyFile)).rejects.toMatchObject({ code: 'vault-unreadable' })
  await chmod(keyFile, 0o644)
  await expect(openVault(file, keyFile)).rejects.toMatchObject({
    code: 'vault-key-exposed',
    hint: expect.stringContaining('chmod 600'),
  })
  await writeFile(keyFile, 'something')
  await chmod(keyFile, 0o600)
  await expect(openVault(file, keyFile)).rejects.toMatchObject({ code: 'vault-key-invalid' })
  await expect(createVault(file)).rejects.toMatchObject({ code: 'vault-exists', exitCode: 6 })
})

test('a vault that was cut, or changed, gives what is whole, and counts the rest', async () => {
  const { file, keyFile } = await sealed([
    ['~tok_000000000001', 'one'],
    ['~tok_000000000002', 'two'],
  ])
  await truncate(file, (await stat(file)).size - 10)
  await appendFile(file, '\nno base64 !\n')
  const vault = await openVault(file, keyFile)
  expect(vault.reveal('~tok_000000000001')).toBe('one')
  expect(vault.reveal('~tok_000000000002')).toBeUndefined()
  expect(vault.left.lines).toBe(2)
})

test('one key file serves several vaults and several edges in one vault; making it again reads it', async () => {
  const { file, keyFile } = await sealed([['~tok_000000000001', 'one']])
  const again = buildVaultSealer(await readOrMakeVaultKey(keyFile))
  again.note('~tok_000000000002', 'two')
  await appendFile(file, `${again.header}\n${again.take()}\n`)
  const vault = await openVault(file, keyFile)
  expect(['~tok_000000000001', '~tok_000000000002'].map(vault.reveal)).toEqual(['one', 'two'])
})

test('unsealing is the inverse of sealing, and no changed bit goes unnoticed', () => {
  const key = Buffer.alloc(32, 3)
  const sealer = buildSealer(key)
  const unseal = buildUnseal(sealer.header, key)
  if (typeof unseal === 'string') throw new Error(unseal)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 4 }),
      fc.nat(),
      (revealed, at) => {
        const line = sealer.seal(revealed)
        // What JSON cannot say, half a surrogate pair, is no text of a request.
        expect(unseal(line)).toEqual(JSON.parse(JSON.stringify(revealed)))
        const bytes = Buffer.from(line, 'base64')
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1
        expect(unseal(bytes.toString('base64'))).toBeUndefined()
      },
    ),
    { numRuns: 40 },
  )
})

async function sealed(values: readonly (readonly [string, string])[]) {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-vault-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [file, keyFile] = [join(folder, 'a.vault'), join(folder, 'a.key')]
  const sealer = buildVaultSealer(await readOrMakeVaultKey(keyFile))
  const vault = await createVault(file)
  await vault.append(sealer.header)
  for (const [token, value] of values) {
    sealer.note(token, value)
    const line = sealer.take()
    if (line !== undefined) await vault.append(line)
  }
  await vault.close()
  return { file, keyFile }
}
