import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../base/index.ts'

/** A token with the value that it stands for. */
export type Revealed = readonly [token: string, value: string]

/** Seals the values of one vault, line by line, so that a vault is readable up to where it was cut. */
export interface Sealer {
  /** The first line of the vault, without a line break. */
  readonly header: string
  /** One line: base64 of nonce, ciphertext and tag. */
  seal(revealed: readonly Revealed[]): string
}

const nonceBytes = 12
const tagBytes = 16
const cipher = 'aes-256-gcm'

/**
 * Seals with AES-256-GCM (NIST SP 800-38D) under a key of this vault's own, which HKDF (RFC 5869) makes of the key file's
 * and a random salt: so random nonces never repeat under one key, however many vaults share a key file.
 */
export function buildSealer(key: Buffer): Sealer {
  const salt = randomBytes(16).toString('base64url')
  const derived = derivedKey(key, salt)
  const seal = (revealed: readonly Revealed[]) => {
    const nonce = randomBytes(nonceBytes)
    const sealing = createCipheriv(cipher, derived, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(salt))
    const sealed = [sealing.update(JSON.stringify(revealed), 'utf8'), sealing.final()]
    return Buffer.concat([nonce, ...sealed, sealing.getAuthTag()]).toString('base64')
  }
  const header = { banyanVault: 1, keyId: vaultKeyId(key), salt, proof: seal([]) }
  return { header: JSON.stringify(header), seal }
}

/** Opens the lines of one vault; undefined for a line that is damaged. */
export type Unseal = (line: string) => readonly Revealed[] | undefined

const headerSchema = z.object({ banyanVault: z.literal(1), keyId: z.string(), salt: z.string(), proof: z.string() })
const revealedSchema = z.array(z.tuple([z.string(), z.string()]))

/** What opens a vault that begins with `headerLine`, or why this key does not. */
export function buildUnseal(headerLine: string, key: Buffer): Unseal | 'no-vault' | 'other-key' {
  const header = headerSchema.safeParse(parseJson(headerLine))
  if (!header.success) return 'no-vault'
  const { salt, proof } = header.data
  const derived = derivedKey(key, salt)
  const unseal = (line: string) => opened(line, derived, salt)
  return unseal(proof) === undefined ? 'other-key' : unseal
}

function opened(line: string, derived: Buffer, salt: string): readonly Revealed[] | undefined {
  const sealed = Buffer.from(line, 'base64')
  if (sealed.length < nonceBytes + tagBytes) return undefined
  try {
    const opening = createDecipheriv(cipher, derived, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(salt))
      .setAuthTag(sealed.subarray(-tagBytes))
    const text = Buffer.concat([opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()])
    const parsed = revealedSchema.safeParse(parseJson(text.toString('utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** Names a vault's key without revealing it. */
function vaultKeyId(key: Buffer): string {
  return createHash('sha256').update('banyan vault key').update(key).digest('hex').slice(0, 12)
}

function derivedKey(key: Buffer, salt: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'banyan vault 1', 32))
}
