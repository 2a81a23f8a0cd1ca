import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { passwordMatches, type ScryptCost, scryptForm, storePassword } from './password.ts'

const cheap: ScryptCost = { logCost: 4, blockSize: 8, parallel: 1 }

test('a password matches in both forms, and another one in neither', async () => {
  const stored = await storePassword('correct horse', cheap)
  for (const form of [stored, { ...stored, scrypt: null }]) {
    expect(await passwordMatches('correct horse', form, cheap)).toBe(true)
    expect(await passwordMatches('Correct horse', form, cheap)).toBe(false)
  }
})

test("legacy's form is the hex SHA-1 of salt and password, which legacy can check", async () => {
  const { legacyHash, legacySalt } = await storePassword('welcome1', cheap)
  expect(legacyHash).toBe(createHash('sha1').update(`${legacySalt}welcome1`).digest('hex'))
})

test('scrypt is stored with its parameters, so that they may grow later', async () => {
  const scrypt = await scryptForm('welcome1', cheap)
  expect(scrypt).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  const stored = { legacyHash: 'of another password', legacySalt: '', scrypt }
  expect(await passwordMatches('welcome1', stored, { logCost: 5, blockSize: 8, parallel: 1 })).toBe(true)
})

test('equal passwords are stored differently', async () => {
  expect(await scryptForm('welcome1', cheap)).not.toBe(await scryptForm('welcome1', cheap))
})

test('a stored form that is broken matches nothing and throws nothing', async () => {
  for (const scrypt of ['$scrypt$', '$2b$10$abc', 'plain']) {
    expect(await passwordMatches('x', { legacyHash: '', legacySalt: '', scrypt }, cheap)).toBe(false)
  }
  expect(await passwordMatches('x', undefined, cheap)).toBe(false)
})
