import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** What is stored of a password: always in legacy's form, and as scrypt once the service owns the data. */
export interface StoredPassword {
  readonly legacyHash: string
  readonly legacySalt: string
  readonly scrypt: string | null
}

/** The cost of scrypt (RFC 7914, section 2): N = 2^logCost, block size, parallelism. */
export interface ScryptCost {
  readonly logCost: number
  readonly blockSize: number
  readonly parallel: number
}

/** OWASP's advice of 2024 in the form with the least memory: 16 MiB for each log-in. */
export const defaultCost: ScryptCost = { logCost: 14, blockSize: 8, parallel: 5 }

const keyBytes = 32

/** A password in both forms. Legacy's SHA-1 stays beside scrypt until legacy is retired, so that the way back works. */
export async function storePassword(password: string, cost: ScryptCost = defaultCost): Promise<StoredPassword> {
  return { ...legacyForm(password), scrypt: await scryptForm(password, cost) }
}

/** A password as legacy stores it: hex SHA-1 of a random salt and the password. */
export function legacyForm(password: string): Pick<StoredPassword, 'legacyHash' | 'legacySalt'> {
  const legacySalt = randomBytes(8).toString('hex')
  return { legacySalt, legacyHash: sha1(legacySalt + password) }
}

/** A password as `$scrypt$ln=14,r=8,p=5$salt$key` (the PHC string format), salt and key in base64 without padding. */
export async function scryptForm(password: string, cost: ScryptCost = defaultCost): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  const { logCost, blockSize, parallel } = cost
  return `$scrypt$ln=${logCost},r=${blockSize},p=${parallel}$${unpadded(salt)}$${unpadded(key)}`
}

/**
 * Whether a password is the stored one. Checks scrypt where there is one, else legacy's hash; with nothing stored
 * it works as long and says no, so that the time tells nobody which e-mail addresses are known.
 */
export async function passwordMatches(
  password: string,
  stored: StoredPassword | undefined,
  cost: ScryptCost = defaultCost,
): Promise<boolean> {
  if (stored?.scrypt) return matchesScrypt(password, stored.scrypt)
  await derive(password, Buffer.alloc(16), cost)
  if (stored === undefined) return false
  return equal(Buffer.from(sha1(stored.legacySalt + password)), Buffer.from(stored.legacyHash.toLowerCase()))
}

const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

async function matchesScrypt(password: string, text: string): Promise<boolean> {
  const [, logCost, blockSize, parallel, salt, key] = phc.exec(text) ?? []
  if (salt === undefined || key === undefined) return false
  const cost = { logCost: Number(logCost), blockSize: Number(blockSize), parallel: Number(parallel) }
  return equal(await derive(password, Buffer.from(salt, 'base64'), cost), Buffer.from(key, 'base64'))
}

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const { logCost, blockSize, parallel } = cost
  const N = 2 ** logCost
  const options = { N, r: blockSize, p: parallel, maxmem: 256 * N * blockSize }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

function sha1(text: string): string {
  return createHash('sha1').update(text, 'utf8').digest('hex')
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
