import { expect, test } from 'vitest'
import { vaultFilesOf } from './vault-files.ts'

test('the key of a vault is the vault with .key, whichever verb asks, unless it is named', () => {
  expect(vaultFilesOf({ vault: 'a.vault' }, '/tmp/here')).toEqual({
    file: '/tmp/here/a.vault',
    keyFile: '/tmp/here/a.vault.key',
  })
  expect(vaultFilesOf({ vault: '/else/a.vault', vaultKey: 'k' }, '/tmp/here')).toEqual({
    file: '/else/a.vault',
    keyFile: '/tmp/here/k',
  })
  expect(vaultFilesOf({}, '/tmp/here')).toBeUndefined()
  expect(() => vaultFilesOf({ vaultKey: 'k' }, '/tmp/here')).toThrow('none is given')
})
