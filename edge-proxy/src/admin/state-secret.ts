import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exitCodes, Fault, messageOf, systemCodeOf } from '@banyan/toolkit/base'

/**
 * A secret of the state directory: 32 random bytes as base64url in a file of mode 0600, made when it is absent.
 * Several edges that start at once agree on one. Throws `state-unreadable` (exit 6) when it cannot be read or made.
 */
export async function stateSecret(file: string): Promise<string> {
  try {
    return (await made(file)) ?? (await existing(file))
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('state-unreadable', `cannot read or make ${file}: ${messageOf(error)}`, {
      hint: 'choose a state directory that this user may write: BANYAN_STATE or --state',
      exitCode: exitCodes.refused,
      cause: error,
    })
  }
}

async function made(file: string): Promise<string | undefined> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    const secret = randomBytes(32).toString('base64url')
    await writeFile(file, `${secret}\n`, { flag: 'wx', mode: 0o600 })
    return secret
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return undefined
    throw error
  }
}

async function existing(file: string): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const secret = (await readFile(file, 'utf8')).trim()
    if (secret.length >= 16) {
      await chmod(file, 0o600).catch(() => undefined)
      return secret
    }
    // Another edge has made the file and not yet written it.
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Fault('state-secret-empty', `${file} holds no secret`, {
    hint: 'delete the file: the edge makes a new one when it starts',
    exitCode: exitCodes.refused,
  })
}
